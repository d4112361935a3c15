import { pageStorage } from "./page-storage";
import { reportMissing } from "./report";
import { openPartySocket, type Socket, type SocketEvents, type SocketTarget } from "./socket";

/**
 * All that the client asks of its surroundings: clocks, chance, timers, sockets and the page. The
 * browser's is below; a simulation brings its own and thereby decides what happens, and when.
 */
export interface Environment {
  /** The wall clock, in milliseconds since 1970. It may be wrong, may be set, and goes on during sleep. */
  now(): number;
  /** A clock that is never set, in milliseconds from anywhere. It may stand still during sleep. */
  monotonicNow(): number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /** An id nobody else has: letters, digits, `_` and `-`. */
  randomId(): string;
  /** Calls back once, not before `delayMs`, possibly much later. Returns a function that prevents it. */
  schedule(callback: () => void, delayMs: number): Cancel;
  /** Starts one attempt to connect. Never calls `events` before it has returned. */
  openSocket(target: SocketTarget, events: SocketEvents): Socket;
  /** Whether the user can see the page now. */
  isVisible(): boolean;
  /** Listens to the page until the returned function is called. */
  onPageEvent(listener: (event: PageEvent) => void): Cancel;
  /** Storage that belongs to this tab and survives a reload. Null when there is none. */
  readTab(key: string): string | null;
  writeTab(key: string, value: string): void;
  /** Tells whoever builds the app what is wrong and what to do. */
  warn(text: string): void;
}

export type Cancel = () => void;

/** What happens to a page, as far as presence is concerned. */
export type PageEvent =
  /** Mouse, pointer, keyboard, wheel or touch. */
  | { readonly type: "input" }
  /** Something scrolled: a user, or a script. */
  | { readonly type: "scroll" }
  /** `isVisible()` may have changed. */
  | { readonly type: "visibility" }
  /** The network is back. */
  | { readonly type: "online" }
  /** The browser had frozen the page and runs it again. */
  | { readonly type: "resume" }
  /** The page is being closed, reloaded or put into the back/forward cache. */
  | { readonly type: "pagehide" }
  /** The page is shown; `restored` when it comes from the back/forward cache. */
  | { readonly type: "pageshow"; readonly restored: boolean };

/** What `browserEnvironment` lets one bring along: Node 20 has no WebSocket of its own. */
export interface BrowserEnvironmentOptions {
  readonly WebSocket?: unknown;
}

/**
 * The browser. Touches no global before it is used, so it may be made where there is no window; there
 * the page counts as visible and nothing happens to it.
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
    // A reload that finds nothing starts without evidence.
    writeTab: (key, value) => void tab.write(key, value),
    warn: (text) => console.warn(`[rollcall] ${text}`),
  };
}

/** 128 bits. `crypto.randomUUID` is missing on pages served over plain http. */
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
    // The id tells a user's own pages apart and is no secret (SE2).
    return bytes.map(() => Math.random() * 256);
  }
}

const MOVES = ["mousemove", "pointermove"];
const TOUCHES = ["mousedown", "pointerdown", "keydown", "wheel", "touchstart", "touchmove"];

function listenToPage(listener: (event: PageEvent) => void): Cancel {
  const ending = new AbortController();
  // Capturing hears what a component keeps from bubbling; passive never delays a scroll.
  const options = { capture: true, passive: true, signal: ending.signal };
  const input = (): void => listener({ type: "input" });
  for (const type of TOUCHES) window.addEventListener(type, input, options);
  for (const type of MOVES) {
    let last = "";
    window.addEventListener(
      type,
      (event) => {
        // Browsers send moves for a cursor at rest when the page changes under it: nobody's input.
        const { screenX, screenY } = event as MouseEvent;
        const place = `${screenX},${screenY}`;
        if (place !== last) input();
        last = place;
      },
      options,
    );
  }
  window.addEventListener("scroll", () => listener({ type: "scroll" }), options);
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
