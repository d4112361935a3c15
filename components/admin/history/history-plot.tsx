"use client";

import { useEffect, useRef } from "react";
import UPlot, { type Options } from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatCount, formatHour, formatWeekday, type Conventions } from "../../time/format-time";
import { useConventions } from "../../time/use-time";
import { toColumns, type ChartPoint } from "./chart-data";

interface HistoryPlotProps {
  readonly points: readonly ChartPoint[];
  readonly width: number;
  readonly height: number;
  /** The point that is looked at; null when none is. */
  readonly cursor: number | null;
  readonly onCursor: (index: number | null) => void;
  /** Another theme has other colours: give this another value to draw anew. */
  readonly theme: string;
}

/** The drawing alone. Loaded when it is first shown, so that the roster need not wait for it. */
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
    // Told here, where whoever shows this can catch it (BR1): uPlot would throw later, by itself.
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
    // Without a hook's call: it would tell us what we tell it.
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
  // Canvas knows no variables; light-dark() is resolved by giving it to an element.
  const color = (name: string) => {
    const probe = host.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const { color: resolved } = getComputedStyle(probe);
    probe.remove();
    return resolved;
  };
  const muted = color("--rollcall-text-muted");
  const online = color("--rollcall-online");
  const grid = { stroke: color("--line"), width: 1 };
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const axis = { stroke: muted, font, ticks: { show: false }, gap: 6 };
  const stepped = UPlot.paths.stepped?.({ align: 1 });
  const line = { width: 1.5, points: { show: false }, spanGaps: false, ...(stepped && { paths: stepped }) };
  return {
    width,
    height,
    padding: [8, 14, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { size: 7 },
    },
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      { ...axis, size: 26, grid: { show: false }, space: 70, values: timeLabels(conventions) },
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
      { ...line, label: "Away", stroke: color("--rollcall-away"), dash: [4, 3] },
    ],
    hooks: {
      setCursor: [
        ({ cursor: { idx, left } }) =>
          latest.current.onCursor(left !== undefined && left >= 0 ? (idx ?? null) : null),
      ],
    },
  };
}

/** Hours within a day, days within a week, as the reader's country writes them. */
function timeLabels(conventions: Conventions) {
  return (_: UPlot, splits: number[], __: number, ___: number, step: number): string[] => {
    const format = step >= 86_400 ? formatWeekday : formatHour;
    return splits.map((seconds) => format(seconds * 1_000, conventions));
  };
}
