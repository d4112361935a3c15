/** What the room server logs, with the level of each event. docs/deploying.md explains them to operators. */
export const LOG_EVENTS = {
  "connect-failed": "error",
  "directory-silent": "warn",
  "file-damaged": "error",
  "file-empty": "error",
  "file-failed": "error",
  "keys-unavailable": "warn",
  "rest-failed": "error",
  "room-ended": "error",
  "storage-failing": "error",
  "storage-recovered": "info",
  "storage-unread": "error",
  "unexpected-error": "error",
  "webhook-set-aside": "warn",
  "webhooks-failed": "error",
  "webhooks-paused": "warn",
} as const satisfies Readonly<Record<string, "error" | "info" | "warn">>;

/** One line of the log. It names rooms and files, and no user and no token. */
export interface LogEntry {
  readonly event: keyof typeof LOG_EVENTS;
  readonly message: string;
  /** The room that it concerns. */
  readonly room?: string;
  /** What went wrong. */
  readonly error?: unknown;
}

/** The entry as a line of JSON. */
export function formatLog({ event, room, message, error }: LogEntry): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : error && String(error);
  return JSON.stringify({ level: LOG_EVENTS[event], event, room, message, error: text });
}
