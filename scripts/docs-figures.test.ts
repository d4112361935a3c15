import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { deadAfterMs, DEFAULT_TIMINGS } from "../core/shared/timings";

test.each(["README.md", "docs/spec.md", "docs/reliability.md"])(
  "[GR1] [HB2] %s says how long a silent cut is bridged by default",
  async (file) => {
    const { misses, retryMs } = DEFAULT_TIMINGS;
    const [least, most] = [misses * retryMs, deadAfterMs(DEFAULT_TIMINGS)];
    expect(await readFile(file, "utf8")).toContain(`${least / 1_000} to ${most / 1_000} s`);
  },
);
