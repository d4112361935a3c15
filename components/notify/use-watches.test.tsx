// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { User } from "../../core/shared/terms";
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

function person(status: User["status"]): User {
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

/** A roster of one person. */
function roster() {
  let ada = person("offline");
  const listeners = new Set<() => void>();
  return {
    getUser: () => ada,
    subscribeUser: (_id: string, listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    become(status: User["status"]): void {
      ada = person(status);
      for (const listener of Array.from(listeners)) listener();
    },
  };
}

function start() {
  const client = roster();
  const options = { client, room: "lobby", selfId: "me", live: true, doNotDisturb: false };
  return { ...renderHook((props) => useWatches(props), { initialProps: options }), client, options };
}

test("the first watch asks for permission, and nothing does before", async () => {
  const { result } = start();
  expect(ask).not.toHaveBeenCalled();
  await act(async () => result.current.toggle(person("offline")));
  expect(ask).toHaveBeenCalledOnce();
  expect(result.current.watches).toHaveLength(1);
});

test("the reader is notified once, and never from a stale roster", async () => {
  const { result, rerender, client, options } = start();
  await act(async () => result.current.toggle(person("offline")));
  rerender({ ...options, live: false });
  act(() => client.become("online"));
  expect(shown).toEqual([]);
  rerender({ ...options, live: true });
  expect(shown).toEqual(["Ada is online"]);
  expect(result.current.watches).toEqual([]);
  act(() => client.become("online"));
  expect(shown).toHaveLength(1);
});

test("a watch outlives the page", async () => {
  const { result, unmount } = start();
  await act(async () => result.current.toggle(person("offline")));
  unmount();
  expect(start().result.current.watches).toHaveLength(1);
});

test("the page shows a notification that the browser does not show", async () => {
  ask.mockImplementation(() => Promise.resolve((permission = "denied")));
  const { result, client } = start();
  await act(async () => result.current.toggle(person("offline")));
  expect(result.current.notice).toContain("does not let the page notify you");
  act(() => client.become("online"));
  expect(result.current.notice).toBe("Ada is online.");
  act(() => result.current.dismiss());
  expect(result.current.notice).toBeNull();
});

test("an expired watch disappears from the page by itself", async () => {
  vi.useFakeTimers();
  const { result } = start();
  await act(async () => result.current.toggle(person("offline")));
  act(() => void vi.advanceTimersByTime(WATCH_MS));
  expect(result.current.watches).toEqual([]);
});
