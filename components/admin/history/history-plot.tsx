"use client";

import { useEffect, useRef } from "react";
import UPlot, { type Options } from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatClock, formatCount, formatWeekday, type Conventions } from "../../time/format-time";
import { useConventions } from "../../time/use-time";
import { toColumns, type ChartPoint } from "./chart-data";

interface HistoryPlotProps {
  readonly points: readonly ChartPoint[];
  readonly width: number;
  readonly height: number;
  /** The selected point; null if there is none. */
  readonly cursor: number | null;
  readonly onCursor: (index: number | null) => void;
  /** A change of this value redraws the chart with the theme's colours. */
  readonly theme: string;
}

/** The drawing. It is loaded when it is first shown, so that the roster does not wait for it. */
export default function HistoryPlot(props: HistoryPlotProps) {
  const { points, width, height, cursor, theme } = props;
  const conventions = useConventions();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (!host.current) return;
    // Throw here, where the caller can catch it (BR1). uPlot would throw later.
    if (document.createElement("canvas").getContext("2d") === null) throw new Error("there is no canvas");
    const { width: w, height: h, points: p } = latest.current;
    const made = new UPlot(options(host.current, w, h, conventions, latest), toColumns(p), host.current);
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [theme, conventions]);

  useEffect(() => plot.current?.setSize({ width, height }), [width, height]);
  useEffect(() => plot.current?.setData(toColumns(points)), [points]);
  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    const at = cursor === null ? undefined : points[cursor]?.at;
    // Without the hook, which would report our own change.
    if (at === undefined) made.setCursor({ left: -10, top: -10 }, false);
    else made.setCursor({ left: made.valToPos(at / 1_000, "x"), top: 0 }, false);
  }, [cursor, points, theme, conventions]);

  return <div ref={host} className="absolute inset-0" />;
}

function options(
  host: HTMLElement,
  width: number,
  height: number,
  conventions: Conventions,
  latest: { readonly current: HistoryPlotProps },
): Options {
  // Canvas does not support variables and light-dark(). An element resolves them.
  const color = (name: string) => {
    const probe = host.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const { color: resolved } = getComputedStyle(probe);
    probe.remove();
    return resolved;
  };
  const muted = color("--rollcall-text-muted");
  const online = color("--accent");
  const grid = { stroke: color("--line"), width: 1 };
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const axis = { stroke: muted, font, ticks: { show: false }, gap: 6 };
  const { points } = latest.current;
  const spanS = ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / 1_000;
  const stepped = UPlot.paths.stepped?.({ align: 1 });
  const line = { width: 1.5, points: { show: false }, spanGaps: false, ...(stepped && { paths: stepped }) };
  return {
    width,
    height,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { size: 7 },
    },
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 26,
        grid: { show: false },
        space: 70,
        values: timeLabels(conventions),
        // Of a longer time only days. No label is more exact than a minute.
        incrs: (spanS > 2 * DAY_S ? [24, 48, 96] : [1 / 60, 1 / 12, 1 / 4, 1, 2, 4, 6, 12, 24]).map(
          (hours) => hours * 3_600,
        ),
      },
      {
        ...axis,
        size: 38,
        grid,
        space: 32,
        values: (_, splits) => splits.map((count) => formatCount(count, conventions)),
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
      },
    ],
    series: [
      {},
      { ...line, label: "Online", stroke: online, fill: `color-mix(in srgb, ${online} 12%, transparent)` },
      { ...line, label: "Away", stroke: muted, dash: [4, 3] },
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx, left } }) =>
          latest.current.onCursor(left !== undefined && left >= 0 ? (idx ?? null) : null),
      ],
    },
  };
}

const DAY_S = 86_400;

/** Hours for a day, days for a week, in the reader's locale. */
function timeLabels(conventions: Conventions) {
  return (_: UPlot, splits: number[], __: number, ___: number, step: number): string[] => {
    const format = step >= DAY_S ? formatWeekday : formatClock;
    return splits.map((seconds) => format(seconds * 1_000, conventions));
  };
}
