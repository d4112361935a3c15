// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Status, UserView } from "../../core/shared/terms";
import { PresenceAnnouncer } from "./presence-announcer";
import { summarizeChanges } from "./summarize-changes";
import { PLAIN } from "../../core/testing/views";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

type People = Record<string, Status>;

const seen = (people: People) =>
  new Map(Object.entries(people).map(([name, status]) => [name, { name, status }]));
const users = (people: People): UserView[] =>
  Object.entries(people).map(([name, status]) => {
    return { id: name, name, picture: null, status, sinceAt: 0, lastSeenAt: null, ...PLAIN };
  });

test.each<[People, People, string]>([
  [{ Ada: "offline" }, { Ada: "online" }, "Ada came online."],
  [{}, { Ada: "online", Bob: "online", Eve: "online" }, "3 people came online."],
  [{ Ada: "online", Bob: "online" }, { Ada: "away", Bob: "offline" }, "Ada went away, Bob went offline."],
  [{ Ada: "online" }, { Ada: "online", Bob: "offline", me: "online" }, ""],
])("from %j to %j is told as «%s»", (before, after, told) => {
  expect(summarizeChanges(seen(before), seen(after), "me")).toBe(told);
});

test("changes are told together, once things have come to rest, and the first roster is no news", () => {
  const view = (people: People, live = true) => (
    <PresenceAnnouncer users={users(people)} selfId={null} live={live} />
  );
  const { rerender } = render(view({ Ada: "offline", Bob: "offline" }));
  rerender(view({ Ada: "online", Bob: "offline" }));
  rerender(view({ Ada: "online", Bob: "online" }));
  expect(screen.getByRole("status").textContent).toBe("");
  act(() => void vi.advanceTimersByTime(5_000));
  expect(screen.getByRole("status").textContent).toBe("2 people came online.");
});

test("[SY6] while the page is cut off nothing is told", () => {
  const { rerender } = render(<PresenceAnnouncer users={users({ Ada: "offline" })} selfId={null} live />);
  act(() => void vi.advanceTimersByTime(5_000));
  rerender(<PresenceAnnouncer users={users({ Ada: "online" })} selfId={null} live={false} />);
  act(() => void vi.advanceTimersByTime(5_000));
  expect(screen.getByRole("status").textContent).toBe("");
});
