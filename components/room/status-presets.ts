import type { Availability, StatusMessage } from "../../core/shared/terms";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What people say most, one choice away. */
export interface Preset {
  readonly emoji: string;
  readonly text: string;
  /** Chosen along with the message, and for as long. */
  readonly availability?: Availability;
  /** Until when, chosen now. */
  readonly untilAt: (now: number) => number;
  /** For how long, in words; what has none is said by the clock. */
  readonly duration?: string;
}

export const PRESETS: readonly Preset[] = [
  { emoji: "📅", text: "In a meeting", untilAt: (now) => now + HOUR, duration: "1 hour" },
  { emoji: "🥗", text: "Lunch", untilAt: (now) => now + 30 * MINUTE, duration: "30 minutes" },
  { emoji: "🎧", text: "Focusing", availability: "dnd", untilAt: focusUntil },
];

/** The full hour by the reader's clock that leaves three quarters of one at least. */
export function focusUntil(now: number): number {
  const until = new Date(now + 45 * MINUTE);
  until.setMinutes(60, 0, 0);
  return until.getTime();
}

/** How long a message may be chosen to stay. */
export const STAYS = ["never", "30min", "1h", "4h", "today"] as const;
export type Stay = (typeof STAYS)[number];

export const STAY_WORDS: Readonly<Record<Stay, string>> = {
  never: "Never",
  "30min": "After 30 minutes",
  "1h": "After 1 hour",
  "4h": "After 4 hours",
  today: "At the end of today",
};

/** When a message goes that is to stay for so long from now on. */
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

/** The message of a preset that is chosen now. */
export function messageOf({ emoji, text, untilAt }: Preset, now: number): StatusMessage {
  return { emoji, text, untilAt: untilAt(now) };
}
