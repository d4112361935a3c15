// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { browserEnvironment, type PageEvent } from "./environment";

const env = browserEnvironment();
let heard: PageEvent[];
let stop: () => void;

beforeEach(() => {
  heard = [];
  stop = env.onPageEvent((event) => heard.push(event));
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
});

describe("the browser's environment", () => {
  test.each(["mousedown", "pointerdown", "keydown", "wheel", "touchstart", "touchmove"])(
    "[ST2] receives %s, even if a component stops it from bubbling",
    (type) => {
      const button = document.body.appendChild(document.createElement("button"));
      button.addEventListener(type, (event) => event.stopPropagation());
      button.dispatchEvent(new Event(type, { bubbles: true }));
      expect(heard).toEqual([{ type: "input" }]);
    },
  );

  test("[ST2] does not count moves of a resting cursor as input", () => {
    const move = (screenX: number) =>
      window.dispatchEvent(new MouseEvent("mousemove", { screenX, screenY: 5 }));
    move(1);
    move(1);
    move(1);
    expect(heard).toHaveLength(1);
    move(2);
    expect(heard).toHaveLength(2);
  });

  test("[ST2] never delays an event", () => {
    const listen = vi.spyOn(window, "addEventListener");
    env.onPageEvent(() => {})();
    expect(listen.mock.calls.length).toBeGreaterThan(8);
    for (const [, , options] of listen.mock.calls) expect(options).toMatchObject({ passive: true });
  });

  test("[HB6] [GR1] reports scrolling, visibility, the network and the page's life cycle", () => {
    window.dispatchEvent(new Event("scroll"));
    document.dispatchEvent(new Event("visibilitychange"));
    document.dispatchEvent(new Event("resume"));
    window.dispatchEvent(new Event("online"));
    window.dispatchEvent(new Event("pagehide"));
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    expect(heard).toEqual([
      { type: "scroll" },
      { type: "visibility" },
      { type: "resume" },
      { type: "online" },
      { type: "pagehide" },
      { type: "pageshow", restored: true },
    ]);
  });

  test("calls no listener after it was removed", () => {
    stop();
    window.dispatchEvent(new Event("keydown"));
    document.dispatchEvent(new Event("visibilitychange"));
    expect(heard).toEqual([]);
  });

  test("[ST2] works without storage", () => {
    env.writeTab("key", "value");
    expect(env.readTab("key")).toBe("value");
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    env.writeTab("key", "other");
    expect(env.readTab("key")).toBeNull();
  });

  test("[CN2] creates ids that a hello accepts", () => {
    const ids = new Set(Array.from({ length: 100 }, () => env.randomId()));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{32}$/);
  });
});
