import {
  DEFAULT_CHOICES,
  sameChoices,
  withChoices,
  type ChooseMessage,
  type SomeChoices,
} from "../../core/shared/choices";
import type { ErrorCode } from "../../core/wire/protocol";
import type { Choices } from "../../core/shared/terms";

/** What the own user has chosen, as it is shown. Immutable. */
export interface OwnState extends Choices {
  /** Some of it is not confirmed yet: it is on its way, or waits for the connection. */
  readonly pending: boolean;
}

export const NOTHING_CHOSEN: OwnState = { ...DEFAULT_CHOICES, pending: false };

export interface OwnChoices {
  /** Chooses: shown at once, and sent now or as soon as there is a connection. The last word wins. */
  readonly choose: (some: SomeChoices) => void;
  /** A connection has begun as this user, of whom the server knows this. */
  readonly begin: (userId: string, choices: Choices) => void;
  /** The server tells what now holds, in answer to a request or because another page has chosen. */
  readonly receive: (choices: Choices, request: number | undefined) => void;
  /** The server has refused something. */
  readonly refused: (code: ErrorCode) => void;
  /** What has not been sent is nobody's any more: its user has signed out. */
  readonly forget: () => void;
}

/** What was chosen and is not confirmed, by the number of the request that says it. */
type Pending = {
  readonly [Name in keyof Choices]?: { readonly value: Choices[Name]; readonly request: number };
};

/**
 * Keeps what the user chose here over what the server knows, until the server has answered (ST3, ST4, PR3).
 * `send` sends now or not at all; `onChange` is called with what is to be shown.
 */
export function createOwnChoices(
  send: (message: ChooseMessage) => boolean,
  onChange: (state: OwnState) => void,
): OwnChoices {
  let userId: string | null = null;
  let known = DEFAULT_CHOICES;
  let pending: Pending = {};
  let shown = NOTHING_CHOSEN;
  let count = 0;

  function show(): void {
    const next = { ...withChoices(known, waiting()), pending: Object.keys(pending).length > 0 };
    if (sameChoices(next, shown) && next.pending === shown.pending) return;
    shown = next;
    onChange(next);
  }

  function waiting(): SomeChoices {
    return {
      availability: pending.availability?.value,
      availabilityUntilAt: pending.availabilityUntilAt?.value,
      message: pending.message?.value,
      hideLastSeen: pending.hideLastSeen?.value,
    };
  }

  function say(some: SomeChoices): void {
    const request = (count += 1);
    const { availability, availabilityUntilAt = null, message, hideLastSeen } = some;
    pending = {
      ...pending,
      ...(availability !== undefined && {
        availability: { value: availability, request },
        availabilityUntilAt: { value: availabilityUntilAt, request },
      }),
      ...(message !== undefined && { message: { value: message, request } }),
      ...(hideLastSeen !== undefined && { hideLastSeen: { value: hideLastSeen, request } }),
    };
    send({ type: "choose", request, ...some });
  }

  return {
    choose(some) {
      say(some);
      show();
    },
    begin(id, choices) {
      // Another reader of the same page must not be given what the one before could not say.
      if (userId !== null && userId !== id) pending = {};
      userId = id;
      known = choices;
      if (Object.keys(pending).length > 0) say(waiting());
      show();
    },
    receive(choices, request = -1) {
      known = choices;
      // What was chosen since is still on its way.
      pending = Object.fromEntries(Object.entries(pending).filter(([, each]) => each.request > request));
      show();
    },
    refused(code) {
      if (code !== "statusTooLong" && code !== "malformed") return;
      pending = {};
      show();
    },
    forget() {
      pending = {};
      show();
    },
  };
}
