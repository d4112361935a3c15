import { Attempts } from "./attempts";
import { Problem } from "./problem";

const MINUTE_MS = 60_000;

const byAddress = new Attempts({
  free: 5,
  firstDelayMs: 2_000,
  maxDelayMs: 15 * MINUTE_MS,
  forgetAfterMs: 60 * MINUTE_MS,
});

/**
 * Whoever guesses from many addresses, or makes them up, is slowed down all the same. The wait is short,
 * since it is everybody's: a guesser must not lock the admins out.
 */
const overall = new Attempts({
  free: 30,
  firstDelayMs: 1_000,
  maxDelayMs: 20_000,
  forgetAfterMs: 15 * MINUTE_MS,
});

const EVERYBODY = "";

/**
 * Runs one attempt at a password (SE5).
 * @throws {Problem} 429 when it comes too soon after failed ones; the attempt is not made then
 */
export function guardedAttempt(address: string, attempt: () => boolean, now: number): boolean {
  const waitMs = Math.max(byAddress.waitMs(address, now), overall.waitMs(EVERYBODY, now));
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1_000);
    throw new Problem(429, "Too Many Requests", `Too many wrong passwords. Try again in ${seconds} s.`, {
      "Retry-After": String(seconds),
    });
  }
  const good = attempt();
  if (good) {
    byAddress.succeeded(address);
  } else {
    byAddress.failed(address, now);
    overall.failed(EVERYBODY, now);
  }
  return good;
}

/**
 * The address that the nearest proxy saw, or the socket's where there is none. What a client wrote into
 * the header itself stands before that, and a client without a proxy can write what it likes: hence the
 * limit over all addresses.
 */
export function clientAddress(headers: Headers): string {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown";
}
