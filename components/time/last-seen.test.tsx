// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PresenceProvider } from "../../client/react/react";
import { createClientRegistry } from "../../client/client/registry";
import { FakeEnvironment, fakeUser } from "../../client/testing/fake-environment";
import { LastSeen } from "./last-seen";

const NOW = Date.parse("2026-11-24T17:30:00Z");

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const button = () => screen.getByRole("button", { name: "4 min ago" });

test.each<[string, () => unknown, () => unknown]>([
  [
    "a tap",
    () => act(() => button().click()),
    () => act(() => void window.dispatchEvent(new Event("scroll"))),
  ],
  ["the keyboard", () => act(() => button().focus()), () => fireEvent.keyDown(button(), { key: "Escape" })],
  [
    "the pointer",
    () => fireEvent.pointerEnter(button(), { pointerType: "mouse" }),
    () => fireEvent.pointerLeave(button()),
  ],
])("%s opens the exact instant, and closes it again", (_, open, close) => {
  render(<LastSeen at={NOW - 240_000} />);
  expect(screen.queryByRole("tooltip")).toBeNull();
  open();
  const tooltip = screen.getByRole("tooltip");
  expect(tooltip.textContent).toMatch(/2026.*26:00/);
  expect(button().getAttribute("aria-describedby")).toBe(tooltip.id);
  close();
  expect(screen.queryByRole("tooltip")).toBeNull();
});

test("[SY5] within a provider times use the server's clock", async () => {
  // The clocks of the fake page and its server differ from this machine's.
  const env = new FakeEnvironment({ serverAheadMs: 3_600_000 });
  vi.setSystemTime(env.now());
  render(
    <PresenceProvider
      host="h"
      room="lobby"
      getToken={async () => "token"}
      registry={createClientRegistry(env)}
    >
      <LastSeen at={env.serverNow() - 240_000} />
    </PresenceProvider>,
  );
  await act(() => env.settle());
  await act(async () => env.socket.accept().sync([fakeUser("ann")]));
  act(() => void vi.advanceTimersByTime(1_000));
  expect(button()).toBeDefined();
});
