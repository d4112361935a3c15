import { Attempts } from "./attempts";
import { Problem } from "./problem";
import { Turns } from "./turns";

const MINUTE_MS = 60_000;

/** 20 passwords a second are checked, and after 20,000 wrong ones a single one a second, until the surplus is made good. */
const turns = new Turns({
  everyMs: 50,
  budget: 20_000,
  slowMs: 1_000,
  madeGoodMs: 1_000,
  most: 200,
  longestMs: 10_000,
});

/** Whoever mistypes often is asked to wait a little. The right password is taken all the same: others guess, too. */
const byAddress = new Attempts({
  free: 5,
  firstDelayMs: 1_000,
  maxDelayMs: 5_000,
  forgetAfterMs: 15 * MINUTE_MS,
});

/** A browser in which an admin has signed in before has so many wrong passwords before it waits its turn like others. */
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
 * Checks one password (SE5). Guesses are bounded by the rate of all checks, and nobody is locked out: whoever knows the
 * password gets in, whatever others send from the same address meanwhile.
 * @throws {Problem} 401 when it is wrong; 429 when it is wrong after many, or when no turn came
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
  throw new Problem(401, "Unauthorized", "That is not the password.");
}

function tooMany(why: string, seconds: number): Problem {
  return new Problem(429, "Too Many Requests", `${why} Try again in ${seconds} s.`, {
    "Retry-After": String(seconds),
  });
}
