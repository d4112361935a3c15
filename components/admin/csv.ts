import type { AdminUser } from "../../core/shared/terms";
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

/** Users as CSV, in the given order. Connected users have no last seen. */
export function rosterCsv(users: Iterable<AdminUser>): string {
  const rows = Array.from(users, (user) => {
    const { id, name, status, sinceAt, lastSeenAt, connections, availability, message } = user;
    const devices = connections.map(({ device }) => device).join("; ");
    const words = message === null ? "" : messageInWords(message);
    const instants = [csvInstant(sinceAt), csvInstant(lastSeenAt)];
    return [id, name, status, ...instants, connections.length, devices, availability, words];
  });
  return toCsv(COLUMNS, rows);
}

/**
 * Rows as CSV (RFC 4180). Users choose names, ids and messages, so none of these may become a formula when a
 * spreadsheet opens the file, whatever separator it uses.
 */
export function toCsv(
  columns: readonly string[],
  rows: Iterable<readonly (string | number | null)[]>,
): string {
  const lines = [columns.join(",")];
  for (const row of rows) lines.push(row.map((each) => cell(String(each ?? ""))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/** «rollcall-lobby-2026-01-31.csv» for "lobby" */
export function csvFileName(what: string, now: number): string {
  return `rollcall-${what}-${new Date(now).toISOString().slice(0, 10)}.csv`;
}

/** Makes the browser save the text as a file. */
export function saveCsv(text: string, fileName: string): void {
  // Without a byte order mark Excel does not read the file as UTF-8.
  const url = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has started to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Characters that end a cell or a line in a spreadsheet of some locale. */
const ENDS = String.raw`\r\n|\r(?!\n)|[,;|\t\n\v\f\u0085\u2028\u2029]`;

/** Characters that a spreadsheet may skip at the start of a cell: spaces, quotes and invisible characters. */
const PASSED_OVER = String.raw`[^\S\t\r\n\v\f\u2028\u2029]|\p{Default_Ignorable_Code_Point}|"`;

/** Characters that start a formula, including their full-width forms. */
const FORMULA = String.raw`[=+\-@\t\r\n＝＋－＠﹢﹣﹦﹫]`;

const FIRST = new RegExp(`^((?:${PASSED_OVER})*)(?=${FORMULA})`, "u");
/** Includes the end of the text, because the closing quote follows there and could start a quoted cell. */
const LATER = new RegExp(`(${ENDS})((?:${PASSED_OVER})*)(?=${FORMULA}|$)`, "gu");

function cell(text: string): string {
  const harmless = text.replace(LATER, "$1$2'").replace(FIRST, "$1'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** An instant as a cell; empty for null. */
export function csvInstant(at: number | null): string {
  return at === null ? "" : new Date(at).toISOString();
}
