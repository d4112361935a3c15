import { expect, test } from "vitest";
import { summarise, toMarkdown } from "./trial";

const trial = (tookMs: number | null) => ({ tookMs, lastSeenOffMs: tookMs, backMs: null, falseOfflines: 0 });

test("the 95th percentile of twenty trials is the nineteenth, and the table is in seconds", () => {
  const trials = Array.from({ length: 20 }, (_, index) => trial((index + 1) * 100));
  const row = summarise({ name: "killed", rule: "GR1", boundMs: 10_000, trials });
  expect(row).toMatchObject({ p50Ms: 1_000, p95Ms: 1_900, maxMs: 2_000, lastSeenOffMaxMs: 2_000 });
  expect(toMarkdown([row])).toContain("| killed | GR1 | 20 | 10.00 | 1.00 | 1.90 | 2.00 | 2.00 | – | 0 |");
});

test("a kind that must not be shown has no detection time, but its false reports are counted", () => {
  const trials = [trial(null), { ...trial(null), backMs: 1_230, falseOfflines: 2 }];
  const row = summarise({ name: "reloaded", rule: "GR1", boundMs: null, trials });
  expect(toMarkdown([row])).toContain("| reloaded | GR1 | 2 | unseen | – | – | – | – | 1.23 | 2 |");
});
