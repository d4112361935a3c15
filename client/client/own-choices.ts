import {
  DEFAULT_CHOICES,
  sameChoices,
  withChoices,
  type ChooseMessage,
  type SomeChoices,
} from "../../core/shared/choices";
import type { ErrorCode } from "../../core/wire/protocol";
import type { Choices, User } from "../../core/shared/terms";

/** The own user as others see them, and their choices, which only they see. Immutable. */
export interface OwnPresence extends Choices {
  /** Null for observers and before the first sync. An invisible user is offline here, as for everybody. */
  readonly user: User | null;
  /** Whether a choice is not confirmed by the server yet. */
  readonly pending: boolean;
}

/** The own user's choices, as the page shows them. */
type ShownChoices = Omit<OwnPresence, "user">;

const NOTHING_CHOSEN: ShownChoices = { ...DEFAULT_CHOICES, pending: false };

export const EMPTY_OWN_PRESENCE: OwnPresence = { user: null, ...NOTHING_CHOSEN };

export interface OwnChoices {
  /** Shows a choice at once, and sends it now or with the next connection. The last choice wins. */
  readonly choose: (some: SomeChoices) => void;
  /** A connection has begun as this user. The server has these choices. */
  readonly begin: (userId: string, choices: Choices) => void;
  /** The server has sent the current choices, as a response or because another page has chosen. */
  readonly receive: (choices: Choices, request: number | undefined) => void;
  /** The server has refused a request. */
  readonly refused: (code: ErrorCode) => void;
  /** Drops unsent choices, because their user has signed out. */
  readonly forget: () => void;
}

/** Unconfirmed choices, by the number of their request. */
type Pending = {
  readonly [Name in keyof Choices]?: { readonly value: Choices[Name]; readonly request: number };
};

/**
 * Shows the user's own choices instead of the server's, until the server has answered (ST3, ST4, PR3).
 * `send` sends now or not at all. `onChange` gets the choices to show.
 */
export function createOwnChoices(
  send: (message: ChooseMessage) => boolean,
  onChange: (choices: ShownChoices) => void,
): OwnChoices {
  let userId: string | null = null;
  let known = DEFAULT_CHOICES;
  let pending: Pending = {};
  let shown: ShownChoices = { ...DEFAULT_CHOICES, pending: false };
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
      // The next user of the same page must not get the choices of the one before.
      if (userId !== null && userId !== id) pending = {};
      userId = id;
      known = choices;
      if (Object.keys(pending).length > 0) say(waiting());
      show();
    },
    receive(choices, request = -1) {
      known = choices;
      // Later choices are still on their way.
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
