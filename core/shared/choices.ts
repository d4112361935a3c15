import * as v from "valibot";
import { graphemesOf } from "./graphemes";
import { cleanText, wellFormed } from "./text";
import type { Availability, Choices, StatusMessage } from "./terms";

/** What can be chosen, in the order in which it is offered (ST3). */
export const AVAILABILITIES = ["auto", "away", "dnd", "invisible"] as const satisfies readonly Availability[];

/** What holds for who has chosen nothing. */
export const DEFAULT_CHOICES: Choices = {
  availability: "auto",
  availabilityUntilAt: null,
  message: null,
  hideLastSeen: false,
};

/** Whether nothing was chosen that needs telling. */
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

/** UTF-16 code units of the longest emoji there are: families and flags are put together from many. */
const EMOJI_LENGTH = 24;
const EMOJI_BEGINS = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u;

/** Whether the text is one emoji, as whoever reads it counts: a flag or a family is one. */
export function isEmoji(text: string): boolean {
  return text.length <= EMOJI_LENGTH && EMOJI_BEGINS.test(text) && graphemesOf(text).length === 1;
}

/** The last instant that a date can name. */
const LAST_INSTANT = 8.64e15;

const until = v.nullable(
  v.pipe(v.number(), v.minValue(0), v.maxValue(LAST_INSTANT), v.transform(Math.round)),
);

/** Others read it, so it is cleaned (NM1). A message with neither emoji nor text says nothing, which is what null is for. */
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

/** As a server tells of it, which has judged it: the next version of Unicode may know more emoji than this one. */
const toldMessageSchema = v.object({
  emoji: v.nullable(v.string()),
  text: v.string(),
  untilAt: v.nullable(v.number()),
});

/** The choices as the server tells their own user; what is left out is as if never chosen. */
export const choicesSchema = v.object({
  availability: v.optional(v.picklist(AVAILABILITIES), "auto"),
  availabilityUntilAt: v.optional(v.nullable(v.number()), null),
  message: v.optional(v.nullable(toldMessageSchema), null),
  hideLastSeen: v.optional(v.boolean(), false),
});

/** The message by which a client chooses; what it leaves out stays as it is. */
export const chooseMessageSchema = v.pipe(
  v.object({
    type: v.literal("choose"),
    request: v.pipe(v.number(), v.safeInteger()),
    availability: v.optional(v.picklist(AVAILABILITIES)),
    availabilityUntilAt: v.optional(until),
    message: v.optional(v.nullable(statusMessageSchema)),
    hideLastSeen: v.optional(v.boolean()),
  }),
  // It would be dropped without a word: the end belongs to the availability that it comes with.
  v.forward(
    v.check(
      ({ availability, availabilityUntilAt }) =>
        availability !== undefined || availabilityUntilAt === undefined,
      "needs an availability in the same message",
    ),
    ["availabilityUntilAt"],
  ),
);

/** That message. */
export type ChooseMessage = v.InferOutput<typeof chooseMessageSchema>;

/** What of the choices is to become another. */
export type SomeChoices = { readonly [Name in keyof Choices]?: Choices[Name] | undefined };

/** The choices with some of them made anew. Another availability has another end, or none. */
export function withChoices(choices: Choices, some: SomeChoices): Choices {
  const { message = choices.message, hideLastSeen = choices.hideLastSeen } = some;
  const { availability, availabilityUntilAt } = some.availability === undefined ? choices : some;
  if (availability === undefined || availability === "auto")
    return { availability: "auto", availabilityUntilAt: null, message, hideLastSeen };
  return { availability, availabilityUntilAt: availabilityUntilAt ?? null, message, hideLastSeen };
}

/**
 * The status message as it is sent: cleaned (NM1), and null when it says nothing.
 * @throws {TypeError} when no server would take it: an emoji that is none or several, half a character.
 */
export function readStatusMessage(message: StatusMessage): StatusMessage | null {
  const result = v.safeParse(statusMessageSchema, message);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new TypeError(
    `the status message cannot be sent: ${v.getDotPath(issue) ?? "message"}: ${issue.message}`,
  );
}
