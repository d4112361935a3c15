// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { StatusDot } from "./status-dot";
import type { DotStatus } from "./status-words";

afterEach(cleanup);

const EVERY: readonly DotStatus[] = ["online", "away", "offline", "dnd"];

test.each([
  ["online", "Online"],
  ["away", "Away"],
  ["offline", "Offline"],
  ["dnd", "Do not disturb"],
] as const)("%s has the label «%s»", (status, alternative) => {
  render(<StatusDot status={status} />);
  expect(screen.getByRole("img", { name: alternative })).toBeDefined();
});

test("a decorative dot has no label, so that the status is not read twice", () => {
  render(<StatusDot status="online" decorative />);
  expect(screen.queryByRole("img")).toBeNull();
});

test("statuses differ in shape, not only in colour", () => {
  const shapes = EVERY.map(
    (status) => render(<StatusDot status={status} />).container.querySelector("svg")?.innerHTML,
  );
  expect(new Set(shapes).size).toBe(EVERY.length);
});
