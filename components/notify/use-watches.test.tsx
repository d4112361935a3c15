// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { UserView } from "../../core/shared/terms";
import { useWatches } from "./use-watches";
import { WATCH_MS } from "./watches";

const shown: string[] = [];
let permission: NotificationPermission;
const ask = vi.fn<() => Promise<NotificationPermission>>();

class FakeNotification extends EventTarget {
  static get permission(): NotificationPermission {
    return permission;
  }
  static readonly requestPermission = ask;
  constructor(title: string) {
    super();
    shown.push(title);
  }
}

beforeEach(() => {
  shown.length = 0;
  permission = "default";
  ask.mockReset().mockImplementation(() => Promise.resolve((permission = "granted")));
  vi.stubGlobal("Notification", FakeNotification);
});

afterEach(() => {
  localStorage.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function person(status: UserView["status"]): UserView {
  return {
    id: "ada",
    name: "Ada",
    picture: null,
    status,
    sinceAt: 0,
    lastSeenAt: null,
    dnd: false,
    message: null,
  };
}

function start(over: { live?: boolean; doNotDisturb?: boolean } = {}) {
  const options = { room: "lobby", selfId: "me", live: true, doNotDisturb: false, ...over };
  return renderHook((props) => useWatches(props), {
    initialProps: { ...options, users: [person("offline")] },
  });
}

test("permission is asked for with the first wish and not before", async () => {
  const { result } = start();
  expect(ask).not.toHaveBeenCalled();
  await act(async () => result.current.toggle(person("offline")));
  expect(ask).toHaveBeenCalledOnce();
  expect(result.current.watches).toHaveLength(1);
});

test("the reader is notified once, and not of what a page believes that is cut off", async () => {
  const { result, rerender } = start();
  await act(async () => result.current.toggle(person("offline")));
  const online = { room: "lobby", selfId: "me", doNotDisturb: false, users: [person("online")] };
  rerender({ ...online, live: false });
  expect(shown).toEqual([]);
  rerender({ ...online, live: true });
  expect(shown).toEqual(["Ada is online"]);
  expect(result.current.watches).toEqual([]);
  rerender({ ...online, users: [person("online")], live: true });
  expect(shown).toHaveLength(1);
});

test("a wish outlives the page", async () => {
  const { result, unmount } = start();
  await act(async () => result.current.toggle(person("offline")));
  unmount();
  expect(start().result.current.watches).toHaveLength(1);
});

test("where the browser shows nothing, the page does", async () => {
  ask.mockImplementation(() => Promise.resolve((permission = "denied")));
  const { result, rerender } = start();
  await act(async () => result.current.toggle(person("offline")));
  expect(result.current.notice).toContain("does not let the page notify you");
  rerender({ room: "lobby", selfId: "me", doNotDisturb: false, live: true, users: [person("online")] });
  expect(result.current.notice).toBe("Ada is online.");
  act(() => result.current.dismiss());
  expect(result.current.notice).toBeNull();
});

test("a wish that is over leaves the page by itself", async () => {
  vi.useFakeTimers();
  const { result } = start();
  await act(async () => result.current.toggle(person("offline")));
  act(() => void vi.advanceTimersByTime(WATCH_MS));
  expect(result.current.watches).toEqual([]);
});
