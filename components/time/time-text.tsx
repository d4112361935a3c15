"use client";

import { formatAgo, formatCount, formatDuration, formatExact } from "./format-time";
import { useConventions, useTimeText } from "./use-time";

/** «4 min ago», updated as time passes, without a tooltip. */
export function PlainTimeAgo({ at }: { at: number }) {
  const text = useTimeText((now, conventions) => formatAgo(at, now, conventions));
  return <time dateTime={new Date(at).toISOString()}>{text}</time>;
}

/** The instant to the second, in the reader's locale and time zone. */
export function ExactTime({ at }: { at: number }) {
  const text = useTimeText((_, conventions) => formatExact(at, conventions));
  return <time dateTime={new Date(at).toISOString()}>{text}</time>;
}

/** Time since an instant, to the second: the «12 s» of «as of 12 s ago». */
export function Elapsed({ since }: { since: number }) {
  return useTimeText((now) => formatDuration(now - since));
}

/** Time until an instant: the «3 s» of «trying again in 3 s». */
export function Remaining({ until }: { until: number }) {
  return useTimeText((now) => formatDuration(until - now + 999));
}

/** A number in the reader's locale. */
export function Count({ value }: { value: number }) {
  return formatCount(value, useConventions());
}
