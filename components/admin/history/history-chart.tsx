"use client";

import { useTheme } from "next-themes";
import {
  lazy,
  memo,
  Suspense,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from "react";
import { formatCount, formatInstant, type Conventions } from "../../time/format-time";
import { useTimeText } from "../../time/use-time";
import { Fallible } from "../../ui/fallible";
import { useMediaQuery } from "../../ui/use-media-query";
import { peakOf, type ChartPoint } from "./chart-data";

const HistoryPlot = lazy(() => import("./history-plot"));

const HEIGHT = 132;

interface HistoryChartProps {
  readonly points: readonly ChartPoint[];
  readonly label: string;
}

/** The chart of users over time. Pointer and arrow keys read its values. */
export const HistoryChart = memo(function HistoryChart({ points, label }: HistoryChartProps) {
  const [cursor, setCursor] = useState<number | null>(null);
  const [frame, width] = useWidth();
  const { theme } = useTheme();
  const dark = useMediaQuery("(prefers-color-scheme: dark)");
  const at = cursor === null ? null : Math.min(cursor, points.length - 1);
  const point = at === null ? undefined : points[at];
  const text = useTimeText((now, conventions) =>
    point ? describePoint(point, now, conventions) : describePeak(points, now, conventions),
  );
  const last = points.length - 1;

  function onKeyDown(event: KeyboardEvent): void {
    const from = at ?? last + 1;
    const stride = event.shiftKey ? 12 : 1;
    const to = { ArrowLeft: from - stride, ArrowRight: (at ?? -1) + stride, Home: 0, End: last, Escape: -1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    setCursor(event.key === "Escape" ? null : Math.max(0, Math.min(last, to)));
  }

  return (
    <div>
      <div
        ref={frame}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-readonly
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={text}
        className="relative touch-pan-y rounded-sm"
        style={{ height: HEIGHT }}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
        data-history-chart
      >
        {width > 0 && (
          <Fallible
            fallback={<span className="text-xs text-muted">This browser cannot draw the chart.</span>}
          >
            <Suspense fallback={<span className="absolute inset-x-0 bottom-6 h-px bg-line" />}>
              <HistoryPlot
                points={points}
                width={width}
                height={HEIGHT}
                cursor={at}
                onCursor={setCursor}
                theme={`${theme} ${dark}`}
              />
            </Suspense>
          </Fallible>
        )}
      </div>
      <p className="h-5 truncate text-xs/5 text-muted tabular-nums" aria-hidden data-history-text>
        {text}
      </p>
    </div>
  );
});

function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width];
}

function describePoint(point: ChartPoint, now: number, conventions: Conventions): string {
  const { at, online, away, mostOnline } = point;
  const when = formatInstant(at, now, conventions);
  if (online === null || away === null) return `${when}: the server was down, nobody knows`;
  const count = (value: number) => formatCount(value, conventions);
  const most = mostOnline !== null && mostOnline > online ? ` (up to ${count(mostOnline)})` : "";
  return `${when}: ${count(online)} online${most}, ${count(away)} away`;
}

function describePeak(points: readonly ChartPoint[], now: number, conventions: Conventions): string {
  const peak = peakOf(points);
  if (!peak || peak.online === 0) return "Nobody was online in this time";
  return `Most online at once: ${formatCount(peak.online, conventions)}, ${formatInstant(peak.at, now, conventions)}`;
}
