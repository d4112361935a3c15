// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Avatar } from "./avatar";
import { AvatarStack } from "./avatar-stack";
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

test("a person's hue is always the same, and others have others", () => {
  expect(hueOf("guest-1")).toBe(hueOf("guest-1"));
  expect(new Set(people(60).map(({ id }) => hueOf(id))).size).toBeGreaterThan(40);
});

test("a picture that does not load gives way to initials", () => {
  const profile = { id: "u", name: "Ada Lovelace", picture: "https://pictures.test/ada.png" };
  const { container } = render(<Avatar profile={profile} />);
  fireEvent.error(container.querySelector("img") ?? container);
  expect(container.textContent).toBe("AL");
});

test("a stack names the first people and counts the rest", () => {
  render(<AvatarStack people={people(12)} max={4} label="Online" />);
  const stack = screen.getByRole("img");
  expect(stack.getAttribute("aria-label")).toBe("Online: P0 Q, P1 Q, P2 Q, P3 Q, P4 Q and 7 others");
  expect(stack.textContent).toBe("PQPQPQPQ+8");
});

test("one face too many is shown as a face, not as a number", () => {
  const { container } = render(<AvatarStack people={people(5)} max={4} label="Online" />);
  expect(container.textContent).toBe("PQPQPQPQPQ");
});

test("a stack of nobody is nothing", () => {
  expect(render(<AvatarStack people={[]} label="Online" />).container.innerHTML).toBe("");
});
