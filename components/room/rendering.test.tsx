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

describe.each([
  [
    "the kit's components",
    <>
      <AvatarStack />
      <UserList renderAction={countRow} />
    </>,
  ],
  [
    "the room page",
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
])("of 1,000 users %s", (_name, page) => {
  async function show() {
    const { socket } = await renderRoom(page, USERS);
    for (const more of screen.getAllByRole("button", { name: /^Show \d+ more$/ })) fireEvent.click(more);
    expect(screen.getAllByRole("listitem")).toHaveLength(1_000);
    renders.clear();
    return socket;
  }

  test("[SY3] render one row when one changes their message", async () => {
    const socket = await show();
    const message = { emoji: null, text: "At lunch", untilAt: null };
    await act(async () => socket.diff({ seq: 1, changed: [{ id: "u250", message }] }));
    expect(screen.getByText("At lunch")).toBeDefined();
    expect([...renders]).toEqual([["u250", 1]]);
  });

  test("[SY3] render the row of a user who joins, and none when a user goes", async () => {
    const socket = await show();
    await act(async () => socket.diff({ seq: 1, added: [fakeUser("zoe")] }));
    expect(screen.getByRole("heading", { name: "Online 502" })).toBeDefined();
    expect([...renders]).toEqual([["zoe", 1]]);
    renders.clear();
    await act(async () => socket.diff({ seq: 2, removed: ["u250"] }));
    expect(screen.getByRole("heading", { name: "Online 501" })).toBeDefined();
    expect([...renders]).toEqual([]);
  });

  test("[SY3] render the row of a user who goes offline, in its new group", async () => {
    const socket = await show();
    const changed = [{ id: "u250", status: "offline", lastSeenAt: ME.sinceAt } as const];
    await act(async () => socket.diff({ seq: 1, changed }));
    expect(screen.getByRole("region", { name: "Offline 1" }).textContent).toContain("U250");
    expect([...renders]).toEqual([["u250", 1]]);
  });
});
