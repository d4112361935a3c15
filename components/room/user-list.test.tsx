// @vitest-environment jsdom
import { act, cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UserView } from "../../core/shared/terms";
import { UserGroups } from "./user-list";
import { PLAIN } from "../../core/testing/views";

const NOW = Date.parse("2026-11-24T17:30:00Z");

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function user(name: string, status: UserView["status"], seenMinutesAgo = 0): UserView {
  const lastSeenAt = status === "offline" ? NOW - seenMinutesAgo * 60_000 : null;
  return { id: name.toLowerCase(), name, picture: null, status, sinceAt: NOW, lastSeenAt, ...PLAIN };
}

function show(users: readonly UserView[], staleSinceMs?: number) {
  const stale = staleSinceMs !== undefined;
  return render(
    <UserGroups
      title="Who is here"
      users={users}
      large={null}
      selfId="ada"
      stale={stale}
      asOfAt={NOW - (staleSinceMs ?? 0)}
    />,
  );
}

const names = (group: string) =>
  within(screen.getByRole("region", { name: group }))
    .getAllByRole("listitem")
    .map((item) => item.textContent);

test("people stand in groups, those who left last first among the offline", () => {
  show([
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

test("[SY6] a list that cannot be renewed dims and says as of when it is true", () => {
  const { container } = show([user("Ada", "online"), user("Max", "away")], 12_000);
  expect(container.querySelector(".rollcall-stale")).not.toBeNull();
  expect(screen.getByText(/^as of/).textContent).toBe("as of 12 s ago");
  act(() => void vi.advanceTimersByTime(3_000));
  expect(screen.getByText(/^as of/).textContent).toBe("as of 15 s ago");
});

test("[SY6] nobody is made offline by it", () => {
  show([user("Ada", "online"), user("Max", "away")], 12_000);
  expect(names("Online 1")).toEqual(["AAda (you)"]);
  expect(screen.queryByRole("region", { name: /Offline/ })).toBeNull();
});

test("a live list says nothing of the kind", () => {
  const { container } = show([user("Ada", "online")]);
  expect(container.querySelector(".rollcall-stale")).toBeNull();
  expect(screen.queryByText(/^as of/)).toBeNull();
});

test("a long past is shown in part, the rest on asking", () => {
  show(Array.from({ length: 100 }, (_, index) => user(`P${index}`, "offline", index)));
  expect(names("Offline 100")).toHaveLength(60);
  act(() => screen.getByRole("button", { name: "Show 40 more" }).click());
  expect(names("Offline 100")).toHaveLength(100);
});
