import { expect, test } from "vitest";
import type { AdminUserView } from "../../core/terms";
import { csvFileName, rosterCsv } from "./roster-csv";
import { PLAIN_FOR_ADMINS } from "../../core/testing-views";

const AT = Date.UTC(2026, 0, 31, 12, 30);

function person(id: string, over: Partial<AdminUserView> = {}): AdminUserView {
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

test("a line for each person in the order given, with instants as ISO 8601", () => {
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
])("quotes %j as RFC 4180 has it", (name, cell) => {
  expect(rosterCsv([person("x", { name })])).toContain(`x,${cell},online`);
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])("%j is no formula to a spreadsheet", (name) => {
  expect(rosterCsv([person("x", { name })])).toContain(`x,'${name},online`);
});

test("what begins like a formula and needs quotes gets both", () => {
  expect(rosterCsv([person("x", { name: '=HYPERLINK("a","b")' })])).toContain(
    `x,"'=HYPERLINK(""a"",""b"")",online`,
  );
  expect(rosterCsv([person("x", { name: "\rx" })])).toContain(`x,"'\rx",online`);
});

test("the file is named after room and date", () => {
  expect(csvFileName("lobby", AT)).toBe("rollcall-lobby-2026-01-31.csv");
});
