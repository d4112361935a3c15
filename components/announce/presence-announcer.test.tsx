// @vitest-environment jsdom
import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Status, User } from "../../core/shared/terms";
import { renderRoom } from "../../client/testing/room";
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
const users = (people: People): User[] =>
  Object.entries(people).map(([name, status]) => {
    return { id: name, name, picture: null, status, sinceAt: 0, lastSeenAt: null, ...PLAIN };
  });

test.each<[People, People, string]>([
  [{ Ada: "offline" }, { Ada: "online" }, "Ada came online."],
  [{}, { Ada: "online", Bob: "online", Eve: "online" }, "3 people came online."],
  [{ Ada: "online", Bob: "online" }, { Ada: "away", Bob: "offline" }, "Ada went away, Bob went offline."],
  [{ Ada: "online" }, { Ada: "online", Bob: "offline", me: "online" }, ""],
])("from %j to %j is announced as «%s»", (before, after, told) => {
  expect(summarizeChanges(seen(before), seen(after), "me")).toBe(told);
});

const show = (people: People) => renderRoom(<PresenceAnnouncer selfId={null} live />, users(people));
const announced = () => screen.getByRole("status").textContent;

test("changes are announced together after a pause, and the first roster is not announced", async () => {
  const { socket } = await show({ Ada: "offline", Bob: "offline" });
  act(() => socket.diff({ seq: 1, changed: [{ id: "Ada", status: "online" }] }));
  act(() => socket.diff({ seq: 2, changed: [{ id: "Bob", status: "online" }] }));
  expect(announced()).toBe("");
  act(() => void vi.advanceTimersByTime(5_000));
  expect(announced()).toBe("2 people came online.");
});

test("[SY6] nothing is announced while the roster is stale, and the changes of that time are announced afterwards", async () => {
  const { socket, rerender } = await show({ Ada: "offline" });
  act(() => void vi.advanceTimersByTime(5_000));
  rerender(<PresenceAnnouncer selfId={null} live={false} />);
  act(() => socket.diff({ seq: 1, changed: [{ id: "Ada", status: "online" }] }));
  act(() => void vi.advanceTimersByTime(5_000));
  expect(announced()).toBe("");
  rerender(<PresenceAnnouncer selfId={null} live />);
  act(() => void vi.advanceTimersByTime(5_000));
  expect(announced()).toBe("Ada came online.");
});
