import fc from "fast-check";
import { expect, test } from "vitest";
import type { AdminUser } from "../../core/shared/terms";
import { csvFileName, rosterCsv } from "./csv";
import { PLAIN_FOR_ADMINS } from "../../core/testing/views";

const AT = Date.UTC(2026, 0, 31, 12, 30);

function person(id: string, over: Partial<AdminUser> = {}): AdminUser {
  return {
    id,
    name: id,
    picture: null,
    status: "online",
    sinceAt: AT,
    lastSeenAt: null,
    reason: null,
    connections: [],
    ...PLAIN_FOR_ADMINS,
    ...over,
  };
}

const HEAD = "id,name,status,since,last seen,connections,devices,availability,message\r\n";

test("there is a line for each person in the given order, with instants in ISO 8601", () => {
  const connection = { id: "c", connectedAt: AT, hiddenAt: null, suspectAt: null };
  const ada = person("ada", {
    connections: [
      { ...connection, device: "Chrome on macOS" },
      { ...connection, device: "Safari on iOS" },
    ],
    availability: "dnd",
    message: { emoji: "🍕", text: "Lunch", untilAt: null },
  });
  const ben = person("ben", { status: "offline", lastSeenAt: AT - 90_000 });
  expect(rosterCsv([ben, ada])).toBe(
    `${HEAD}ben,ben,offline,2026-01-31T12:30:00.000Z,2026-01-31T12:28:30.000Z,0,,auto,\r\n` +
      "ada,ada,online,2026-01-31T12:30:00.000Z,,2,Chrome on macOS; Safari on iOS,dnd,🍕 Lunch\r\n",
  );
  expect(rosterCsv([])).toBe(HEAD);
});

test.each([
  ["Ada, the first", '"Ada, the first"'],
  ['Ada "the" first', '"Ada ""the"" first"'],
  ["Ada\nLovelace", '"Ada\nLovelace"'],
])("%j is quoted as in RFC 4180", (name, cell) => {
  expect(rosterCsv([person("x", { name })])).toContain(`x,${cell},online`);
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])("%j is not a formula in a spreadsheet", (name) => {
  expect(rosterCsv([person("x", { name })])).toContain(`x,'${name},online`);
});

test("a text that begins like a formula and needs quotes gets both", () => {
  expect(rosterCsv([person("x", { name: '=HYPERLINK("a","b")' })])).toContain(
    `x,"'=HYPERLINK(""a"",""b"")",online`,
  );
  expect(rosterCsv([person("x", { name: "\rx" })])).toContain(`x,"'\rx",online`);
});

test("the sample stays readable, and is not a formula if the file is split at semicolons", () => {
  expect(rosterCsv([person("x", { name: "a;=cmd|' /C calc'!A0;b" })])).toContain(
    "x,a;'=cmd|' /C calc'!A0;b,online",
  );
});

/** The cells of a file, as a spreadsheet splits it: with this separator, and with or without quotes. */
function cellsOf(csv: string, separator: string, quotes: boolean): string[] {
  const cells = [""];
  let quoted = false;
  for (let index = 0; index < csv.length; index += 1) {
    const character = csv.charAt(index);
    const last = cells.length - 1;
    if (quoted && character === '"' && csv.charAt(index + 1) === '"') cells[last] += csv.charAt((index += 1));
    else if (quoted && character === '"') quoted = false;
    else if (quotes && !quoted && character === '"' && cells[last] === "") quoted = true;
    else if (!quoted && (character === separator || /[\r\n]/.test(character))) cells.push("");
    else cells[last] += character;
  }
  return cells;
}

const hostile = fc
  .array(
    fc.constantFrom(
      "=",
      "+",
      "-",
      "@",
      "＝",
      "＋",
      "－",
      "＠",
      ",",
      ";",
      "\t",
      "\r",
      "\n",
      '"',
      "'",
      " ",
      "\u00A0",
      "|",
      "a",
      "\u200B",
      "=cmd|' /C calc'!A0",
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

test("no cell is a formula, with any separator, with or without quotes", () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (id, name, text) => {
      const message = { emoji: null, text, untilAt: null };
      const csv = rosterCsv([person(id, { name, message }), person("y", { name: id })]);
      for (const separator of [",", ";", "\t", "|"])
        for (const quotes of [true, false])
          for (const cell of cellsOf(csv, separator, quotes))
            expect(cell).not.toMatch(/^["\s]*[=+\-@＝＋－＠]|^[\t\r]/);
    }),
    { numRuns: 2_000 },
  );
});

test("texts are unchanged except for apostrophes before would-be formulas", () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const [, , , cell] = cellsOf(rosterCsv([person("x", { name })]).slice(HEAD.length - 2), ",", true);
      expect(cell?.replaceAll("'", "")).toBe(name.replaceAll("'", ""));
    }),
  );
});

test("the file name contains the room and the date", () => {
  expect(csvFileName("lobby", AT)).toBe("rollcall-lobby-2026-01-31.csv");
});
