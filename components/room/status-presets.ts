import type { Availability, StatusMessage } from "../../core/shared/terms";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Common status messages, which take one choice. */
export interface Preset {
  readonly emoji: string;
  readonly text: string;
  /** The availability that is set with the message, for the same time. */
  readonly availability?: Availability;
  /** The end, if chosen now. */
  readonly untilAt: (now: number) => number;
  /** The duration in words. Without it the end is shown as a time. */
  readonly duration?: string;
}

export const PRESETS: readonly Preset[] = [
  { emoji: "📅", text: "In a meeting", untilAt: (now) => now + HOUR, duration: "1 hour" },
  { emoji: "🥗", text: "Lunch", untilAt: (now) => now + 30 * MINUTE, duration: "30 minutes" },
  { emoji: "🎧", text: "Focusing", availability: "dnd", untilAt: focusUntil },
];

/** The first full hour on the reader's clock that is at least 45 minutes away. */
export function focusUntil(now: number): number {
  const until = new Date(now + 45 * MINUTE);
  until.setMinutes(60, 0, 0);
  return until.getTime();
}

/** How long a message or an availability stays, in words, and its end if it begins now. */
export const STAYS = {
  never: { words: "Never", untilAt: () => null },
  "30min": { words: "After 30 minutes", untilAt: (now: number) => now + 30 * MINUTE },
  "1h": { words: "After 1 hour", untilAt: (now: number) => now + HOUR },
  "4h": { words: "After 4 hours", untilAt: (now: number) => now + 4 * HOUR },
  today: { words: "At the end of today", untilAt: (now: number) => new Date(now).setHours(24, 0, 0, 0) },
} as const;
export type Stay = keyof typeof STAYS;

/** The message of a preset, if chosen now. */
export function messageOf({ emoji, text, untilAt }: Preset, now: number): StatusMessage {
  return { emoji, text, untilAt: untilAt(now) };
}
