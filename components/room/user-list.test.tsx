// @vitest-environment jsdom
import { act, cleanup, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { User } from "../../core/shared/terms";
import { renderRoom } from "../../client/testing/room";
import { PLAIN } from "../../core/testing/views";
import { UserList } from "./user-list";

/** The fake room's clock starts here. */
const NOW = 1_800_000_000_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function user(name: string, status: User["status"], seenMinutesAgo = 0): User {
  const lastSeenAt = status === "offline" ? NOW - seenMinutesAgo * 60_000 : null;
  return { id: name.toLowerCase(), name, picture: null, status, sinceAt: NOW, lastSeenAt, ...PLAIN };
}

const show = (users: readonly User[]) => renderRoom(<UserList />, users, "ada");

/** Closes the connection and lets this time pass. */
async function showStale(users: readonly User[], staleMs: number) {
  const room = await show(users);
  await act(async () => room.socket.end());
  await pass(room, staleMs);
  return room;
}

async function pass({ env }: Awaited<ReturnType<typeof show>>, ms: number): Promise<void> {
  await act(async () => {
    await env.advance(ms);
    vi.advanceTimersByTime(ms);
  });
}

const names = (group: string) =>
  within(screen.getByRole("region", { name: group }))
    .getAllByRole("listitem")
    .map((item) => item.textContent);

test("people are grouped by status, and the latest to leave are first among the offline", async () => {
  await show([
    user("Zoe", "online"),
    user("Bob", "offline", 90),
    user("Ada", "online"),
    user("Eve", "offline", 4),
    user("Max", "away"),
  ]);
  expect(names("Online 2")).toEqual(["AAda (you)", "ZZoe"]);
  expect(names("Away 1")).toEqual(["MMax"]);
  expect(names("Offline 2")).toEqual(["EEvelast seen 4 min ago", "BBoblast seen 1 h ago"]);
});

test("[SY6] a stale list dims and shows its age", async () => {
  const room = await showStale([user("Ada", "online"), user("Max", "away")], 12_000);
  expect(room.container.querySelector(".rollcall-stale")).not.toBeNull();
  expect(screen.getByText(/^as of/).textContent).toBe("as of 12 s ago");
  await pass(room, 3_000);
  expect(screen.getByText(/^as of/).textContent).toBe("as of 15 s ago");
});

test("[SY6] a stale list shows nobody as offline", async () => {
  await showStale([user("Ada", "online"), user("Max", "away")], 12_000);
  expect(names("Online 1")).toEqual(["AAda (you)"]);
  expect(screen.queryByRole("region", { name: /Offline/ })).toBeNull();
});

test("a live list shows no age", async () => {
  const { container } = await show([user("Ada", "online")]);
  expect(container.querySelector(".rollcall-stale")).toBeNull();
  expect(screen.queryByText(/^as of/)).toBeNull();
});

test("a long group is shown in part, and the rest on request", async () => {
  await show(Array.from({ length: 100 }, (_, index) => user(`P${index}`, "offline", index)));
  expect(names("Offline 100")).toHaveLength(10);
  act(() => screen.getByRole("button", { name: "Show 90 more" }).click());
  expect(names("Offline 100")).toHaveLength(100);
});
