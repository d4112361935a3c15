import type { AdminUserView } from "../../core/shared/terms";
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
 * People as CSV (RFC 4180), in the order given. Whoever is there has no last seen. Names, ids and messages are their
 * owners' to choose, so none may act as a formula when a spreadsheet opens the file, at whichever separator it splits.
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

/** What a spreadsheet of some locale or other takes for the end of a cell or a line. */
const ENDS = String.raw`\r\n|\r(?!\n)|[,;|\t\n\v\f\u0085\u2028\u2029]`;

/** What a spreadsheet may pass over at the beginning of a cell: spaces, quotes, and characters that draw nothing. */
const PASSED_OVER = String.raw`[^\S\t\r\n\v\f\u2028\u2029]|\p{Default_Ignorable_Code_Point}|"`;

/** What makes a formula of a cell that begins with it, in the widths of East Asian text, too. */
const FORMULA = String.raw`[=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫]`;

const FIRST = new RegExp(`^((?:${PASSED_OVER})*)(?=${FORMULA})`, "u");
/** The end of the text, too: what follows there is a quote, by which the reader would begin a quoted cell. */
const LATER = new RegExp(`(${ENDS})((?:${PASSED_OVER})*)(?=${FORMULA}|$)`, "gu");

function cell(text: string): string {
  const harmless = text.replace(LATER, "$1$2'").replace(FIRST, "$1'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function instant(at: number | null): string {
  return at === null ? "" : new Date(at).toISOString();
}
