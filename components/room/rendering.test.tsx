// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeUser } from "../../client/testing/fake-environment";
import { renderRoom } from "../../client/testing/room";
import type { User } from "../../core/shared/terms";
import { AvatarStack } from "../avatar/avatar-stack";
import { HintProvider } from "../ui/hint";
import { RoomView } from "./room-view";
import { UserList } from "./user-list";

/** How often each user's row was rendered. Each row ends with a counter. */
const renders = new Map<string, number>();

function countRow({ id }: User): null {
  renders.set(id, (renders.get(id) ?? 0) + 1);
  return null;
}

vi.mock("next/navigation", () => ({ useRouter: () => ({ push() {}, refresh() {} }) }));
vi.mock("../notify/notify-button", () => ({
  NotifyButton: ({ user }: { user: User }) => countRow(user),
}));

beforeEach(() => renders.clear());
afterEach(cleanup);

const idOf = (index: number) => `u${String(index).padStart(3, "0")}`;
const ME = fakeUser("ann");
/** 1,000 users, including the own one: half online, half away. */
const USERS = [
  ME,
  ...Array.from({ length: 999 }, (_, index) => {
    return fakeUser(idOf(index), index < 500 ? {} : { status: "away" });
  }),
];

// jsdom has no layout: of each of the two groups the page has the rows of a window of 768 px, and ten more.
describe.each([
  [
    "the kit's components",
    1_000,
    <>
      <AvatarStack />
      <UserList renderAction={countRow} />
    </>,
  ],
  [
    "the room page",
    56,
    <HintProvider key="page">
      <RoomView
        room="lobby"
        nameLength={60}
        statusLength={100}
        profile={{ id: "ann", name: "Ann", picture: null }}
        isGuest={false}
        onLeft={() => {}}
      />
    </HintProvider>,
  ],
])("of 1,000 users %s", (_name, rows, page) => {
  const comesIntoView = rows < 1_000 ? 1 : 0;

  async function show() {
    const { socket } = await renderRoom(page, USERS);
    for (const more of screen.queryAllByRole("button", { name: /^Show \d+ more$/ })) fireEvent.click(more);
    expect(screen.getAllByRole("listitem")).toHaveLength(rows);
    renders.clear();
    return socket;
  }

  test("[SY3] render one row when one changes their message", async () => {
    const socket = await show();
    const message = { emoji: null, text: "At lunch", untilAt: null };
    await act(async () => socket.diff({ seq: 1, changed: [{ id: "u005", message }] }));
    expect(screen.getByText("At lunch")).toBeDefined();
    expect([...renders]).toEqual([["u005", 1]]);
  });

  test("[SY3] render the row of a user who joins, and none when a user goes", async () => {
    const socket = await show();
    await act(async () => socket.diff({ seq: 1, added: [fakeUser("aaa")] }));
    expect(screen.getByRole("heading", { name: "Online 502" })).toBeDefined();
    expect([...renders]).toEqual([["aaa", 1]]);
    renders.clear();
    await act(async () => socket.diff({ seq: 2, removed: ["u005"] }));
    expect(screen.getByRole("heading", { name: "Online 501" })).toBeDefined();
    expect([...renders]).toHaveLength(comesIntoView);
  });

  test("[SY3] render the row of a user who goes offline, in its new group", async () => {
    const socket = await show();
    const changed = [{ id: "u005", status: "offline", lastSeenAt: ME.sinceAt } as const];
    await act(async () => socket.diff({ seq: 1, changed }));
    expect(screen.getByRole("region", { name: /^(Offline|Recently here) 1$/ }).textContent).toContain("U005");
    expect(renders.get("u005")).toBe(1);
    expect([...renders]).toHaveLength(1 + comesIntoView);
  });
});
