import type { AdminUserView } from "../../core/terms";
import { messageInWords } from "../status/status-words";

const COLUMNS = [
  "id",
  "name",
  "status",
  "since",
  "last seen",
  "connections",
  "devices",
  "availability",
  "message",
];

/**
 * People as CSV (RFC 4180), in the order given. Whoever is there has no last seen. Names are their
 * owners' to choose, so none may act as a formula when a spreadsheet opens the file.
 */
export function rosterCsv(users: Iterable<AdminUserView>): string {
  const lines = [COLUMNS.join(",")];
  for (const user of users) {
    const { id, name, status, sinceAt, lastSeenAt, connections, availability, message } = user;
    const devices = connections.map(({ device }) => device).join("; ");
    const cells = [id, name, status, instant(sinceAt), instant(lastSeenAt), `${connections.length}`, devices];
    cells.push(availability, message === null ? "" : messageInWords(message));
    lines.push(cells.map(cell).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** «rollcall-lobby-2026-01-31.csv» */
export function csvFileName(room: string, now: number): string {
  return `rollcall-${room}-${new Date(now).toISOString().slice(0, 10)}.csv`;
}

/** Has the browser save the text as a file. */
export function saveCsv(text: string, fileName: string): void {
  // Without the mark at its beginning Excel takes the file for something older than UTF-8.
  const url = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function instant(at: number | null): string {
  return at === null ? "" : new Date(at).toISOString();
}
