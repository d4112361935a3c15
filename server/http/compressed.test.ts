import { expect, test } from "vitest";
import { compressed, takesGzip } from "./compressed";

const asked = (accepts?: string) => ({
  headers: new Headers(accepts === undefined ? {} : { "accept-encoding": accepts }),
});

test.each([
  ["gzip", true],
  ["br, gzip;q=0.5", true],
  ["*", true],
  ["gzip;q=0", false],
  ["gzip;q=0, *", false],
  ["br", false],
  ["", false],
  [null, false],
])("[API] who accepts %j takes gzip: %j", (accepted, takes) => {
  expect(takesGzip(accepted)).toBe(takes);
});

test("[API] an answer is compressed for who takes it, and its other headers stay", () => {
  const answer = compressed(
    asked("gzip"),
    Response.json({ a: 1 }, { status: 404, headers: { "cache-control": "no-store" } }),
  );
  expect(answer.status).toBe(404);
  expect(Object.fromEntries(answer.headers)).toEqual({
    "cache-control": "no-store",
    "content-encoding": "gzip",
    "content-type": "application/json",
    vary: "accept-encoding",
  });
});

test("[API] an answer stays as it is for who does not take gzip, and without a body", () => {
  const json = Response.json({});
  expect(compressed(asked(), json)).toBe(json);
  const empty = new Response(null, { status: 204 });
  expect(compressed(asked("gzip"), empty)).toBe(empty);
});
