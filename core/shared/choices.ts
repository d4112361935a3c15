import * as v from "valibot";
import { graphemesOf } from "./graphemes";
import { cleanText, wellFormed } from "./text";
import type { Availability, Choices, StatusMessage } from "./terms";

/** The availabilities, in the order in which menus show them (ST3). */
export const AVAILABILITIES = ["auto", "away", "dnd", "invisible"] as const satisfies readonly Availability[];

/** The choices of a user who has chosen nothing. */
export const DEFAULT_CHOICES: Choices = {
  availability: "auto",
  availabilityUntilAt: null,
  message: null,
  hideLastSeen: false,
};

/** Whether the choices need not be sent, because they equal the defaults. */
export function isDefault({ availability, message, hideLastSeen }: Choices): boolean {
  return availability === "auto" && message === null && !hideLastSeen;
}

/** Whether two choices are the same. */
export function sameChoices(a: Choices, b: Choices): boolean {
  return (
    a.availability === b.availability &&
    a.availabilityUntilAt === b.availabilityUntilAt &&
    a.hideLastSeen === b.hideLastSeen &&
    sameStatusMessage(a.message, b.message)
  );
}

function sameStatusMessage(a: StatusMessage | null, b: StatusMessage | null): boolean {
  if (a === null || b === null) return a === b;
  return a.emoji === b.emoji && a.text === b.text && a.untilAt === b.untilAt;
}

/** UTF-16 code units of the longest emoji. Families and flags consist of many. */
const EMOJI_LENGTH = 24;
const EMOJI_BEGINS = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u;

/** Whether the text is one emoji, as a reader counts: a flag or a family is one. */
export function isEmoji(text: string): boolean {
  return text.length <= EMOJI_LENGTH && EMOJI_BEGINS.test(text) && graphemesOf(text).length === 1;
}

/** The last instant that a `Date` can represent. */
const LAST_INSTANT = 8.64e15;

const until = v.nullable(
  v.pipe(v.number(), v.minValue(0), v.maxValue(LAST_INSTANT), v.transform(Math.round)),
);

/** A message from a client. It is cleaned, because others read it (NM1). Without emoji and text it is null. */
const statusMessageSchema = v.pipe(
  v.object({
    emoji: v.optional(
      v.nullable(
        v.pipe(v.string(), wellFormed, v.transform(cleanText), v.check(isEmoji, "must be one emoji")),
      ),
      null,
    ),
    text: v.pipe(v.string(), wellFormed, v.transform(cleanText)),
    untilAt: v.optional(until, null),
  }),
  v.transform(({ emoji, text, untilAt }): StatusMessage | null =>
    emoji === null && text === "" ? null : { emoji, text, untilAt },
  ),
);

/**
 * A message from a server, which has checked it. A later version of Unicode may have emoji that this one does not know.
 */
const toldMessageSchema = v.object({
  emoji: v.nullable(v.string()),
  text: v.string(),
  untilAt: v.nullable(v.number()),
});

/** The choices as the server sends them to their own user. Missing fields have their defaults. */
export const choicesSchema = v.object({
  availability: v.optional(v.picklist(AVAILABILITIES), "auto"),
  availabilityUntilAt: v.optional(v.nullable(v.number()), null),
  message: v.optional(v.nullable(toldMessageSchema), null),
  hideLastSeen: v.optional(v.boolean(), false),
});

/** The message with which a client chooses. Missing fields stay as they are. */
export const chooseMessageSchema = v.pipe(
  v.object({
    type: v.literal("choose"),
    request: v.pipe(v.number(), v.safeInteger()),
    availability: v.optional(v.picklist(AVAILABILITIES)),
    availabilityUntilAt: v.optional(until),
    message: v.optional(v.nullable(statusMessageSchema)),
    hideLastSeen: v.optional(v.boolean()),
  }),
  // An end alone would be ignored silently: it belongs to the availability in the same message.
  v.forward(
    v.check(
      ({ availability, availabilityUntilAt }) =>
        availability !== undefined || availabilityUntilAt === undefined,
      "needs an availability in the same message",
    ),
    ["availabilityUntilAt"],
  ),
);

/** A `choose` message. */
export type ChooseMessage = v.InferOutput<typeof chooseMessageSchema>;

/** The choices to change. */
export type SomeChoices = { readonly [Name in keyof Choices]?: Choices[Name] | undefined };

/** The choices with some of them changed. A new availability has its own end, or none. */
export function withChoices(choices: Choices, some: SomeChoices): Choices {
  const { message = choices.message, hideLastSeen = choices.hideLastSeen } = some;
  const { availability, availabilityUntilAt } = some.availability === undefined ? choices : some;
  if (availability === undefined || availability === "auto")
    return { availability: "auto", availabilityUntilAt: null, message, hideLastSeen };
  return { availability, availabilityUntilAt: availabilityUntilAt ?? null, message, hideLastSeen };
}

/**
 * The status message as it is sent: cleaned (NM1), and null without emoji and text.
 * @throws {TypeError} when a server would refuse it: not exactly one emoji, or a lone surrogate
 */
export function readStatusMessage(message: StatusMessage): StatusMessage | null {
  const result = v.safeParse(statusMessageSchema, message);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new TypeError(
    `the status message cannot be sent: ${v.getDotPath(issue) ?? "message"}: ${issue.message}`,
  );
}
