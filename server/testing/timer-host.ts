import type { ProcessHost } from "../host";

/** Timers of the runtime that runs the tests, whose clock `vi.useFakeTimers` sets. */
export const timerHost: Pick<ProcessHost, "after"> = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
