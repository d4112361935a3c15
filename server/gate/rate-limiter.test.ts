import { expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { DEFAULT_LIMITS } from "../../core/shared/limits";
import { RateLimiter } from "./rate-limiter";

const FINE = '{"type":"resync"}';
const LIMITS = { ...DEFAULT_LIMITS, messagesPerSecond: 2, messageBurst: 5, failures: 3, messageLength: 600 };

/** The kinds of verdict on this many fine messages, all received at `now`. */
function judgeMany(limiter: RateLimiter, id: string, count: number, now: number): string[] {
  return Array.from({ length: count }, () => limiter.judge(id, FINE, now).kind);
}

test("[SE4] a burst passes, the next message does not, and the rate refills the burst", () => {
  const limiter = new RateLimiter(LIMITS);
  expect(judgeMany(limiter, "a", 6, 0)).toEqual([...Array(5).fill("message"), "error"]);
  expect(judgeMany(limiter, "a", 3, 1_000)).toEqual(["message", "message", "error"]);
});

test("[SE4] a long rest earns no more than a burst, and a clock that is set back earns nothing", () => {
  const limiter = new RateLimiter(LIMITS);
  judgeMany(limiter, "a", 5, 10_000_000);
  expect(judgeMany(limiter, "a", 1, 0)).toEqual(["error"]);
  expect(judgeMany(limiter, "a", 6, 90_000_000)).toEqual([...Array(5).fill("message"), "error"]);
});

test("[SE4] each connection is counted by itself, and forgotten with it", () => {
  const limiter = new RateLimiter(LIMITS);
  judgeMany(limiter, "a", 6, 0);
  expect(judgeMany(limiter, "b", 1, 0)).toEqual(["message"]);
  limiter.forget("a");
  expect(judgeMany(limiter, "a", 1, 0)).toEqual(["message"]);
});

test.each<[string, unknown, number]>([
  ["malformed", "{", CLOSE.badMessages],
  ["notText", new ArrayBuffer(4), CLOSE.badMessages],
  ["tooLarge", "x".repeat(601), CLOSE.tooLarge],
])("[SE3 SE4] %s messages close the connection with a code of their own", (code, data, closeCode) => {
  const limiter = new RateLimiter(LIMITS);
  const verdicts = [1, 2, 3].map((now) => limiter.judge("a", data, now));
  expect(verdicts.map(({ kind }) => kind)).toEqual(["error", "error", "close"]);
  expect(verdicts[2]).toMatchObject({ code, closeCode });
});

test("[SE4] a flood is closed as one", () => {
  const limiter = new RateLimiter(LIMITS);
  const verdicts = Array.from({ length: 8 }, () => limiter.judge("a", FINE, 0));
  expect(verdicts[7]).toMatchObject({ kind: "close", code: "tooFast", closeCode: CLOSE.tooFast });
});
