// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { PresenceProvider } from "../../client/react/react";
import { createClientRegistry } from "../../client/client/registry";
import { FakeEnvironment, fakeUser, FAKE_TIMINGS } from "../../client/testing/fake-environment";
import { Avatar } from "./avatar";
import { AvatarStack, FaceStack } from "./avatar-stack";
import { hueOf, initials } from "./face";

afterEach(cleanup);

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `u${index}`, name: `P${index} Q`, picture: null }));

test.each([
  ["Ada Lovelace", "AL"],
  ["linus", "L"],
  ["Jean-Luc de la Cruz", "JC"],
  ["李 雷", "李雷"],
  ["🦊 Fox", "🦊F"],
  ["…", ""],
])("the initials of %s are %s", (name, expected) => {
  expect(initials(name)).toBe(expected);
});

test("a person's hue is always the same, and differs from most others", () => {
  expect(hueOf("guest-1")).toBe(hueOf("guest-1"));
  expect(new Set(people(60).map(({ id }) => hueOf(id))).size).toBeGreaterThan(40);
});

test("initials replace a picture that does not load", () => {
  const profile = { id: "u", name: "Ada Lovelace", picture: "https://pictures.test/ada.png" };
  const { container } = render(<Avatar profile={profile} />);
  fireEvent.error(container.querySelector("img") ?? container);
  expect(container.textContent).toBe("AL");
});

test("a stack names the first people and counts the rest", () => {
  render(<FaceStack people={people(12)} total={12} max={4} size={26} label="Online" />);
  const stack = screen.getByRole("img");
  expect(stack.getAttribute("aria-label")).toBe("Online: P0 Q, P1 Q, P2 Q, P3 Q, P4 Q and 7 others");
  expect(stack.textContent).toBe("PQPQPQPQ+8");
});

test("a single hidden face is shown as a face, not as a number", () => {
  const { container } = render(<FaceStack people={people(5)} total={5} max={4} size={26} label="Online" />);
  expect(container.textContent).toBe("PQPQPQPQPQ");
});

test("an empty stack renders nothing", () => {
  expect(
    render(<FaceStack people={[]} total={0} max={4} size={26} label="Online" />).container.innerHTML,
  ).toBe("");
});

test("[SY6] within a provider it shows who is online, in a large room only how many, and nothing when stale", async () => {
  const env = new FakeEnvironment();
  const { container } = render(
    <PresenceProvider
      host="h"
      room="lobby"
      getToken={async () => "token"}
      registry={createClientRegistry(env)}
    >
      <AvatarStack max={2} />
    </PresenceProvider>,
  );
  await act(() => env.settle());
  const users = [fakeUser("ann"), fakeUser("ben", { status: "away" }), fakeUser("cleo")];
  const counts = { online: 700, away: 1, offline: 0 };
  await act(async () => env.socket.accept().sync(users, 0, FAKE_TIMINGS, "pages", counts));
  expect(container.textContent).toBe("700");
  await act(async () => env.socket.end());
  expect(container.innerHTML).toBe("");
});
