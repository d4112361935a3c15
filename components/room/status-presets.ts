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

/** The durations of a message. */
export const STAYS = ["never", "30min", "1h", "4h", "today"] as const;
export type Stay = (typeof STAYS)[number];

export const STAY_WORDS: Readonly<Record<Stay, string>> = {
  never: "Never",
  "30min": "After 30 minutes",
  "1h": "After 1 hour",
  "4h": "After 4 hours",
  today: "At the end of today",
};

/** The end of a message with this duration from now on. */
export function stayUntil(stay: Stay, now: number): number | null {
  switch (stay) {
    case "never":
      return null;
    case "30min":
      return now + 30 * MINUTE;
    case "1h":
      return now + HOUR;
    case "4h":
      return now + 4 * HOUR;
    case "today": {
      const midnight = new Date(now);
      midnight.setHours(24, 0, 0, 0);
      return midnight.getTime();
    }
    default:
      return stay satisfies never;
  }
}

/** The message of a preset, if chosen now. */
export function messageOf({ emoji, text, untilAt }: Preset, now: number): StatusMessage {
  return { emoji, text, untilAt: untilAt(now) };
}
