import type { Cancel, Environment } from "./environment";

/** How often to look at the clock: a machine that wakes is noticed within this long. */
const LOOK_EVERY_MS = 2_000;

/** A look that comes later than this has been slept through. */
const SLEPT_MS = 3_000;

/**
 * Calls back when the machine has slept (HB6). No browser says so, and timers do not run on during
 * sleep, so a clock that has jumped is the only sign. A page whose timers are held up looks the same;
 * then the one thing lost is a probe. Returns a function that ends the watch.
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
