/** The one timer that keeps every time on the page alive. It runs while somebody listens. */
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

/** The instant of the latest tick by this machine's clock: the same for everybody who asks between two ticks. */
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

/** Timers in hidden pages are slowed down: on coming back the page must not show an old time. */
function tick(): void {
  if (document.visibilityState === "hidden") return;
  tickedAt = Date.now();
  for (const listener of listeners) listener();
}
