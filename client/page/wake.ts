import type { Cancel, Environment } from "./environment";

/** How often to read the clock. A wake is noticed within this time. */
const LOOK_EVERY_MS = 2_000;

/** If the timer is later than this, the machine has slept. */
const SLEPT_MS = 3_000;

/**
 * Calls back when the machine has slept (HB6). Browsers have no event for it and timers stop during sleep, so a jump of
 * the clock is the only sign. Throttled timers look the same, and cost one probe. Returns a function that ends the
 * watch.
 */
export function watchForWake(environment: Environment, onWake: () => void): Cancel {
  let cancel: Cancel = () => {};
  function look(): void {
    const dueAt = environment.now() + LOOK_EVERY_MS;
    cancel = environment.schedule(() => {
      const slept = environment.now() - dueAt > SLEPT_MS;
      look();
      if (slept) onWake();
    }, LOOK_EVERY_MS);
  }
  look();
  return () => cancel();
}
