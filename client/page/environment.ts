import { pageStorage } from "./page-storage";
import { reportMissing } from "./report";
import { openPartySocket, type Socket, type SocketEvents, type SocketTarget } from "./socket";

/**
 * Everything that the client needs from its surroundings: clocks, randomness, timers, sockets and the page.
 * `browserEnvironment` is the browser's. A simulation brings its own, and controls what happens and when.
 */
export interface Environment {
  /** The wall clock, in milliseconds since 1970. It may be wrong or be set, and continues during sleep. */
  now(): number;
  /** A clock that is never set, in milliseconds from any start. It may stop during sleep. */
  monotonicNow(): number;
  /** A random number from 0 up to, but not including, 1. */
  random(): number;
  /** A unique id of letters, digits, `_` and `-`. */
  randomId(): string;
  /** Calls back once after `delayMs` or much later. Returns a function that cancels it. */
  schedule(callback: () => void, delayMs: number): Cancel;
  /** Starts one attempt to connect. Never calls `events` before it has returned. */
  openSocket(target: SocketTarget, events: SocketEvents): Socket;
  /** Whether the user can see the page now. */
  isVisible(): boolean;
  /** Listens to the page until the returned function is called. */
  onPageEvent(listener: (event: PageEvent) => void): Cancel;
  /** The storage of this tab, which survives a reload. Null if there is none. */
  readTab(key: string): string | null;
  writeTab(key: string, value: string): void;
  /** Tells the app's developer what is wrong and what to do. */
  warn(text: string): void;
}

export type Cancel = () => void;

/** The events of a page that matter for presence. */
export type PageEvent =
  /** Mouse, pointer, keyboard, wheel or touch. */
  | { readonly type: "input" }
  /** A user or a script scrolled. */
  | { readonly type: "scroll" }
  /** `isVisible()` may have changed. */
  | { readonly type: "visibility" }
  /** The browser has lost the network. */
  | { readonly type: "offline" }
  /** The network is back. */
  | { readonly type: "online" }
  /** The browser resumed the frozen page. */
  | { readonly type: "resume" }
  /** The page is being closed, reloaded or put into the back/forward cache. */
  | { readonly type: "pagehide" }
  /** The page is shown. `restored`: whether it comes from the back/forward cache. */
  | { readonly type: "pageshow"; readonly restored: boolean };

/** Options of `browserEnvironment`. Node 20 has no WebSocket of its own. */
export interface BrowserEnvironmentOptions {
  readonly WebSocket?: unknown;
}

/**
 * The browser's environment. It uses no global before its first call, so it can be created without a window. The page
 * then counts as visible and has no events.
 */
export function browserEnvironment(options: BrowserEnvironmentOptions = {}): Environment {
  const tab = pageStorage("sessionStorage");
  return {
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    random: () => Math.random(),
    randomId,
    schedule(callback, delayMs) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    openSocket: (target, events) => openPartySocket(target, events, options.WebSocket),
    isVisible: () => typeof document === "undefined" || document.visibilityState !== "hidden",
    onPageEvent: (listener) => (typeof window === "undefined" ? () => {} : listenToPage(listener)),
    readTab: tab.read,
    // A reload without stored evidence starts without evidence.
    writeTab: (key, value) => void tab.write(key, value),
    warn: (text) => console.warn(`[rollcall] ${text}`),
  };
}

/** 128 bits. Pages over plain http have no `crypto.randomUUID`. */
function randomId(): string {
  return Array.from(randomBytes(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function randomBytes(): Uint8Array {
  const bytes = new Uint8Array(16);
  try {
    return crypto.getRandomValues(bytes);
  } catch {
    reportMissing(
      "This browser has no crypto.getRandomValues: ids come from Math.random, which is good enough.",
    );
    // The id distinguishes a user's own pages. It is not a secret (SE2).
    return bytes.map(() => Math.random() * 256);
  }
}

const MOVES = ["mousemove", "pointermove"];
const TOUCHES = ["mousedown", "pointerdown", "keydown", "wheel", "touchstart", "touchmove"];

function listenToPage(listener: (event: PageEvent) => void): Cancel {
  const ending = new AbortController();
  // Capture receives events that a component stops from bubbling. Passive never delays a scroll.
  const options = { capture: true, passive: true, signal: ending.signal };
  const input = (): void => listener({ type: "input" });
  for (const type of TOUCHES) window.addEventListener(type, input, options);
  for (const type of MOVES) {
    let last = "";
    window.addEventListener(
      type,
      (event) => {
        // Browsers send moves for a resting cursor when the page changes under it. That is not input.
        const { screenX, screenY } = event as MouseEvent;
        const place = `${screenX},${screenY}`;
        if (place !== last) input();
        last = place;
      },
      options,
    );
  }
  window.addEventListener("scroll", () => listener({ type: "scroll" }), options);
  window.addEventListener("offline", () => listener({ type: "offline" }), options);
  window.addEventListener("online", () => listener({ type: "online" }), options);
  window.addEventListener("pagehide", () => listener({ type: "pagehide" }), options);
  window.addEventListener(
    "pageshow",
    (event) => listener({ type: "pageshow", restored: event.persisted }),
    options,
  );
  document.addEventListener("visibilitychange", () => listener({ type: "visibility" }), options);
  document.addEventListener("resume", () => listener({ type: "resume" }), options);
  return () => ending.abort();
}
