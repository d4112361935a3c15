"use client";

import { memo } from "react";
import { formatInstant } from "../../time/format-time";
import { useTimeText } from "../../time/use-time";
import { tableRows, type ChartPoint } from "./chart-data";

interface HistoryTableProps {
  readonly points: readonly ChartPoint[];
  /** The time of a row, and its name. */
  readonly rowMs: number;
  readonly caption: string;
}

/** The chart as a table, for people who cannot see it. */
export const HistoryTable = memo(function HistoryTable({ points, rowMs, caption }: HistoryTableProps) {
  return (
    // A wrapper hides it, because a table is never narrower than its content.
    <div className="sr-only">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Most online</th>
            <th scope="col">Most away</th>
          </tr>
        </thead>
        <tbody>
          {tableRows(points, rowMs).map(({ at, online, away }) => (
            <tr key={at}>
              <th scope="row">
                <Instant at={at} />
              </th>
              <td>{online ?? "unknown"}</td>
              <td>{away ?? "unknown"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});

function Instant({ at }: { at: number }) {
  return useTimeText((now, conventions) => formatInstant(at, now, conventions));
}
