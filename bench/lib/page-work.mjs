import { quantile } from "./tools.mjs";

/** A frame that came later than a screen of 60 Hz wants it; half a millisecond is the clock's own. */
export const FRAME_MS = 16.7 + 0.5;

/** @typedef {Awaited<ReturnType<typeof watchPage>>} PageWatch */

/**
 * Measures what a page does, from outside it: the main thread's time by kind, frames, and memory.
 * @param {import("@playwright/test").Page} page
 */
export async function watchPage(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  await devtools.send("HeapProfiler.enable");
  return {
    devtools,
    /** Milliseconds of the page's main thread so far: in script, and in script, style and layout together. */
    async busy() {
      const { metrics } = await devtools.send("Performance.getMetrics");
      const of = (/** @type {string} */ name) =>
        (metrics.find((each) => each.name === name)?.value ?? 0) * 1_000;
      const script = of("ScriptDuration");
      return { script, all: script + of("LayoutDuration") + of("RecalcStyleDuration") };
    },
    /** Begins to note when frames are drawn; what is returned ends that, and tells the intervals. */
    async frames() {
      await page.evaluate(() => {
        /** @type {number[]} */
        const intervals = [];
        let last = performance.now();
        const note = (/** @type {number} */ at) => {
          intervals.push(at - last);
          last = at;
          frame = requestAnimationFrame(note);
        };
        let frame = requestAnimationFrame((at) => {
          last = at;
          frame = requestAnimationFrame(note);
        });
        Object.assign(window, { stopFrames: () => (cancelAnimationFrame(frame), intervals) });
      });
      return () => page.evaluate(() => /** @type {any} */ (window).stopFrames());
    },
    /** Bytes of the page's heap after a collection. */
    async heap() {
      await devtools.send("HeapProfiler.collectGarbage");
      return (await devtools.send("Runtime.getHeapUsage")).usedSize;
    },
  };
}

/** @param {number[]} values @returns {string} the median and the 99th of a hundred */
export function medianAndWorst(values) {
  return `${quantile(values, 0.5)?.toFixed(1)} · ${quantile(values, 0.99)?.toFixed(1)}`;
}
