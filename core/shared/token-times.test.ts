import { expect, test } from "vitest";
import { judgeTimes } from "./token-times";

const NOW = 1_800_000_000;
const MAX = 900;

/** The fault of a token with these instants, in seconds from now. */
function judged(iat: number, exp: number, nbf?: number) {
  const times = { iat: NOW + iat, exp: NOW + exp, nbf: nbf === undefined ? undefined : NOW + nbf };
  return judgeTimes(times, NOW, MAX);
}

test.each<[string, number, number, number?]>([
  ["is fresh", 0, 120],
  ["comes from a clock 7 s ahead", 7, 127],
  ["comes from a clock 30 s ahead", 30, 150],
  ["comes from a clock 100 s behind", -100, 20],
  ["expired 4 s ago", -100, -4],
  ["begins in 20 s", 0, 120, 20],
  ["lives as long as a token may", 0, 900],
])("[SE1] a token that %s is good", (_, iat, exp, nbf) => {
  expect(judged(iat, exp, nbf)).toBeNull();
});

test.each<[string, "expired" | "early" | "misdated", RegExp, number, number, number?]>([
  ["expired 5 s ago", "expired", /expired 5 s ago.*clocks/, -100, -5],
  ["was issued 31 s in the future", "early", /\(iat\) 31 s in the future.*clocks/, 31, 151],
  ["was issued 5 min in the future", "early", /\(iat\) 300 s.*clocks/, 300, 420],
  ["begins in 60 s", "early", /\(nbf\) 60 s in the future.*clocks/, 0, 120, 60],
  ["was issued more than 5 min in the future", "misdated", /\(iat\) 301 s.*clocks/, 301, 421],
  ["begins in an hour", "misdated", /\(nbf\) 3600 s.*clocks/, 0, 800, 3_600],
  ["lives too long", "misdated", /900 seconds at most/, 0, 901],
  ["expires before it was issued", "misdated", /expires before/, 20, 10],
  ["is issued at no time", "misdated", /must be numbers/, Number.NaN, 10],
  ["never expires", "misdated", /must be numbers/, 0, Infinity],
])("[SE1] a token that %s is %s, and the clocks are named", (_, reason, detail, iat, exp, nbf) => {
  expect(judged(iat, exp, nbf)).toEqual({ reason, detail: expect.stringMatching(detail) });
});
