// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Elapsed, PlainTimeAgo } from "./time-text";
import { ServerClock } from "./use-time";

const NOW = Date.parse("2026-11-24T17:30:00Z");

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));

test("all times update with one timer, which ends with the last of them", () => {
  const { unmount } = render(
    <>
      <PlainTimeAgo at={NOW - 30_000} />
      <Elapsed since={NOW - 12_000} />
      <PlainTimeAgo at={NOW - 3_600_000 / 2} />
    </>,
  );
  expect(document.body.textContent).toBe("just now12 s30 min ago");
  expect(vi.getTimerCount()).toBe(1);
  pass(30_000);
  expect(document.body.textContent).toBe("1 min ago42 s30 min ago");
  unmount();
  expect(vi.getTimerCount()).toBe(0);
});

test("[SY5] a wrong clock does not make times wrong", () => {
  render(
    <ServerClock now={() => Date.now() - 3_600_000}>
      <PlainTimeAgo at={NOW - 3_600_000 - 4 * 60_000} />
    </ServerClock>,
  );
  expect(screen.getByText("4 min ago")).toBeDefined();
});

test("a page that becomes visible shows the current time at once", () => {
  render(<Elapsed since={NOW} />);
  vi.setSystemTime(NOW + 90_000);
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  expect(document.body.textContent).toBe("1 min");
});

test("on the server the text is empty, because the reader's clock is unknown", () => {
  expect(renderToString(<PlainTimeAgo at={NOW} />)).toBe('<time dateTime="2026-11-24T17:30:00.000Z"></time>');
});
