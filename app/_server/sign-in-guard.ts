import { Attempts } from "./attempts";
import { Problem } from "../../core/shared/problem";
import { Turns } from "./turns";

const MINUTE_MS = 60_000;

/**
 * 20 passwords a second are checked. After 20,000 wrong ones it is one a second, until the average is reached again.
 */
const turns = new Turns({
  everyMs: 50,
  budget: 20_000,
  slowMs: 1_000,
  madeGoodMs: 1_000,
  most: 200,
  longestMs: 10_000,
});

/** A user who mistypes often has to wait. The right password still works, because others may be guessing. */
const byAddress = new Attempts({
  free: 5,
  firstDelayMs: 1_000,
  maxDelayMs: 5_000,
  forgetAfterMs: 15 * MINUTE_MS,
});

/** Wrong passwords of a known browser before it waits like others. */
const byBrowser = new Attempts({
  free: 10,
  firstDelayMs: 15 * MINUTE_MS,
  maxDelayMs: 15 * MINUTE_MS,
  forgetAfterMs: 60 * MINUTE_MS,
});

/** Where an attempt comes from. */
export interface Attempter {
  readonly address: string;
  /** The id of a browser in which an admin has signed in before; null for others. */
  readonly browserId: string | null;
}

/**
 * Checks one password (SE5). The rate of all checks limits guessing. Nobody is locked out: the right password works,
 * whatever others send from the same address.
 * @throws {Problem} 401 if it is wrong; 429 if it is wrong after many, or if no turn came
 */
export async function guardedAttempt(
  { address, browserId }: Attempter,
  attempt: () => boolean,
): Promise<void> {
  const isKnown = browserId !== null && byBrowser.waitMs(browserId, performance.now()) === 0;
  if (!isKnown && !(await turns.take(address))) throw tooMany("Many sign-ins are waiting.", 1);
  const now = performance.now();
  if (attempt()) {
    byAddress.succeeded(address);
    if (browserId !== null) byBrowser.succeeded(browserId);
    return;
  }
  if (isKnown) byBrowser.failed(browserId, now);
  else turns.failed();
  byAddress.failed(address, now);
  const waitS = Math.ceil(byAddress.waitMs(address, now) / 1_000);
  if (waitS > 0) throw tooMany("Too many wrong passwords.", waitS);
  throw new Problem(401, "That is not the password.");
}

function tooMany(why: string, seconds: number): Problem {
  return new Problem(429, `${why} Try again in ${seconds} s.`, {
    "Retry-After": String(seconds),
  });
}
