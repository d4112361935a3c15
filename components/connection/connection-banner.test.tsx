// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ConnectionState } from "../../client/connection/connection";
import { PresenceProvider } from "../../client/react/react";
import { createClientRegistry } from "../../client/client/registry";
import { FakeEnvironment } from "../../client/testing/fake-environment";
import { CLOSE, type StopReason } from "../../core/shared/close-codes";
import { HintProvider } from "../ui/hint";
import { ConnectionBanner, TroubleBanner } from "./connection-banner";
import type { Remedy } from "./connection-words";
import { LiveChip } from "./live-chip";

const NOW = Date.parse("2026-11-24T17:30:00Z");

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const lost = (attempt: number, retryAt: number | null = NOW + 4_000): ConnectionState => ({
  status: "reconnecting",
  sinceAt: NOW - 12_000,
  attempt,
  retryAt,
  problem: { kind: "silent", detail: "" },
});
const stopped = (reason: StopReason): ConnectionState => ({
  status: "stopped",
  reason,
  code: null,
  detail: "",
});

test("a connection that keeps failing shows when it tries again, and a button tries at once", () => {
  const onRemedy = vi.fn<(remedy: Remedy) => void>();
  render(<TroubleBanner connection={lost(3)} onRemedy={onRemedy} />);
  const banner = screen.getByRole("region", { name: "Connection" });
  expect(banner.textContent).toContain("Trying again in 4 s.");
  act(() => screen.getByRole("button", { name: "Try now" }).click());
  expect(onRemedy).toHaveBeenCalledWith("reconnect");
});

test("the announcement contains no ticking numbers, which would be read every second", () => {
  render(<TroubleBanner connection={lost(3)} onRemedy={() => {}} />);
  const before = screen.getByRole("status").textContent;
  act(() => void vi.advanceTimersByTime(2_000));
  expect(screen.getByRole("status").textContent).toBe(before);
});

test.each([{ status: "live" } as const, { status: "connecting" } as const, lost(1), stopped("signedOut")])(
  "$status shows no banner",
  (connection) => {
    render(<TroubleBanner connection={connection} onRemedy={() => {}} />);
    expect(screen.queryByRole("region")).toBeNull();
  },
);

test.each([
  ["tokenRefused", "Sign in again", "signIn"],
  ["roomRefused", "Other rooms", "leave"],
  ["versionRefused", "Reload", "reload"],
  ["replaced", "Reconnect", "reconnect"],
  ["profileTooLong", "Sign in again", "signIn"],
  ["tooMuch", "Reload", "reload"],
  ["tooManyOfUser", "Reconnect", "reconnect"],
  ["roomFull", "Reconnect", "reconnect"],
  ["tooManyUsers", "Reconnect", "reconnect"],
  ["roomDeleted", "Reconnect", "reconnect"],
  ["disconnected", "Reconnect", "reconnect"],
] as const)("[SE3] after %s the banner offers «%s»", (reason, label, remedy) => {
  const onRemedy = vi.fn<(remedy: Remedy) => void>();
  render(<TroubleBanner connection={stopped(reason)} onRemedy={onRemedy} />);
  act(() => screen.getByRole("button", { name: label }).click());
  expect(onRemedy).toHaveBeenCalledWith(remedy);
});

test("[SE3] within a provider the banner follows its connection, and calls the app for the sign-in", async () => {
  const env = new FakeEnvironment();
  const onSignIn = vi.fn<() => void>();
  const onLeave = vi.fn<() => void>();
  render(
    <PresenceProvider
      host="h"
      room="lobby"
      getToken={async () => "token"}
      registry={createClientRegistry(env)}
    >
      <ConnectionBanner onSignIn={onSignIn} onLeave={onLeave} />
    </PresenceProvider>,
  );
  const end = (code: number) => act(async () => env.socket.accept().end(code));
  const click = (name: string) => act(async () => screen.getByRole("button", { name }).click());
  await act(() => env.settle());
  await end(CLOSE.replaced);
  await click("Reconnect");
  await act(() => env.settle());
  expect(env.sockets).toHaveLength(2);
  expect(screen.queryByRole("region")).toBeNull();
  await end(CLOSE.tokenRefused);
  await click("Sign in again");
  expect(onSignIn).toHaveBeenCalledOnce();
  expect(onLeave).not.toHaveBeenCalled();
});

test.each([
  [{ status: "live" } as const, false, "Live12 ms"],
  [{ status: "live" } as const, true, "Checking"],
  [{ status: "connecting" } as const, false, "Connecting"],
  [lost(1), true, "Reconnecting"],
  [stopped("replaced"), true, "Not connected"],
])("the chip shows «live» only when it is live: %j, stale %s", (connection, stale, told) => {
  render(
    <HintProvider>
      <LiveChip connection={connection} latencyMs={12} stale={stale} />
    </HintProvider>,
  );
  expect(screen.getByRole("button").textContent).toBe(told);
});
