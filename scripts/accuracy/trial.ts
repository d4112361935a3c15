/** One departure, or one return that must not be shown. */
export interface Trial {
  /** From the departure until the witness was shown it, in milliseconds; null if nothing must be shown. */
  readonly tookMs: number | null;
  /** The error of the shown "last seen", in milliseconds; null if the truth is unknown. */
  readonly lastSeenOffMs: number | null;
  /** How long the return took, in milliseconds; null without a return, and if it was not measured. */
  readonly backMs: number | null;
  /** How often a connected user was shown offline. */
  readonly falseOfflines: number;
}

/** Departures of one kind, and the bound in the rules. */
export interface Kind {
  readonly name: string;
  readonly rule: string;
  /** The rule's bound in milliseconds; null if nothing must be shown. */
  readonly boundMs: number | null;
  readonly trials: readonly Trial[];
}

export interface Row {
  readonly kind: string;
  readonly rule: string;
  readonly trials: number;
  readonly boundMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  readonly lastSeenOffMaxMs: number | null;
  readonly backMaxMs: number | null;
  readonly falseOfflines: number;
}

/** The value below or at which `share` of the values lie; null without values. */
function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

const known = (value: number | null): value is number => value !== null;

/** The summary of many trials. */
export function summarise({ name, rule, boundMs, trials }: Kind): Row {
  const took = trials.map(({ tookMs }) => tookMs).filter(known);
  const off = trials.map(({ lastSeenOffMs }) => lastSeenOffMs).filter(known);
  return {
    kind: name,
    rule,
    trials: trials.length,
    boundMs,
    p50Ms: quantile(took, 0.5),
    p95Ms: quantile(took, 0.95),
    maxMs: quantile(took, 1),
    lastSeenOffMaxMs: quantile(off, 1),
    backMaxMs: quantile(trials.map(({ backMs }) => backMs).filter(known), 1),
    falseOfflines: trials.reduce((sum, trial) => sum + trial.falseOfflines, 0),
  };
}

/** The rows as a Markdown table, in seconds. */
export function toMarkdown(rows: readonly Row[]): string {
  const seconds = (ms: number | null): string => (ms === null ? "–" : (ms / 1_000).toFixed(2));
  const lines = rows.map((row) =>
    [
      row.kind,
      row.rule,
      row.trials,
      row.boundMs === null ? "unseen" : seconds(row.boundMs),
      seconds(row.p50Ms),
      seconds(row.p95Ms),
      seconds(row.maxMs),
      seconds(row.lastSeenOffMaxMs),
      seconds(row.backMaxMs),
      row.falseOfflines,
    ].join(" | "),
  );
  return [
    "| what happens | rule | trials | bound (s) | p50 (s) | p95 (s) | max (s) | last seen off by, at most (s) | back after, at most (s) | false «offline» |",
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}
