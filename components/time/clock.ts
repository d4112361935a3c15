/** The one timer that updates every time on the page. It runs while there are listeners. */
const TICK_MS = 1_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tickedAt = 0;

/** Calls the listener at each tick, until the returned function is called. */
export function subscribeToClock(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) start();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) stop();
  };
}

/** The instant of the latest tick on this machine's clock. It is constant between two ticks. */
export function clockNow(): number {
  return timer === undefined ? Math.floor(Date.now() / TICK_MS) * TICK_MS : tickedAt;
}

function start(): void {
  tickedAt = Date.now();
  timer = setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", tick);
}

function stop(): void {
  clearInterval(timer);
  timer = undefined;
  document.removeEventListener("visibilitychange", tick);
}

/** Browsers throttle timers in hidden pages. A page that becomes visible must not show an old time. */
function tick(): void {
  if (document.visibilityState === "hidden") return;
  tickedAt = Date.now();
  for (const listener of listeners) listener();
}
