import fc from "fast-check";
import { expect, test } from "vitest";
import { admit, readAdmission, splitAddress, type Admission } from "./admission";
import { ConnectionIds } from "./connection-ids";

const text = fc.string({ unit: "binary", minLength: 1, maxLength: 80 });
const admissions: fc.Arbitrary<Admission> = fc.record({
  profile: fc.record({ id: text, name: text, picture: fc.option(fc.webUrl()) }),
  guest: fc.boolean(),
  role: fc.constantFrom("member" as const, "admin" as const),
  sessionId: fc.option(text),
  clientId: fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/),
  observer: fc.boolean(),
  device: text,
  activity: fc.record({ idleMs: fc.nat(), hiddenMs: fc.option(fc.nat()) }),
  scope: fc.constantFrom("roster" as const, "none" as const),
  resumeFrom: fc.option(fc.record({ epoch: text, seq: fc.nat() })),
});
const request = (url: string) =>
  new Request(url, { headers: { cookie: "secret", origin: "https://a.example" } });

test("[SE2] the admission arrives at the room unchanged, in any script", () => {
  fc.assert(
    fc.property(admissions, (admission) => {
      const { headers } = admit(request("http://a.example/parties/main/lobby?token=secret"), admission, "it");
      expect(readAdmission(headers)).toEqual(admission);
      expect([...headers.values()].join("")).toMatch(/^[\x20-\x7e]*$/);
    }),
  );
});

test("[SE1] the room sees no token, no query and no header of the client's own", () => {
  const [admission] = fc.sample(admissions, 1);
  if (!admission) throw new Error("no sample");
  const { url, headers } = admit(
    request("http://a.example/parties/main/lobby?token=secret&_pk=mine"),
    admission,
    "it",
  );
  expect(url).toMatch(/^http:\/\/a\.example\/parties\/main\/lobby\?_pk=it$/);
  expect(url).not.toContain("mine");
  expect([...headers.keys()].filter((name) => name === "cookie" || name === "origin")).toEqual([]);
});

test("[CN2] no two connections have the same id, of one process or of two", () => {
  const newIds = (): ConnectionIds => new ConnectionIds({ randomId: () => crypto.randomUUID() });
  const ids = [newIds(), newIds()].flatMap((each) => Array.from({ length: 1_000 }, () => each.next()));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+$/);
});

test("an address splits into its path and its query, which may contain anything", () => {
  expect(splitAddress("http://a/b?c=d&e=?f")).toEqual({ place: "http://a/b", query: "c=d&e=?f" });
  expect(splitAddress("http://a/b")).toEqual({ place: "http://a/b", query: "" });
});
