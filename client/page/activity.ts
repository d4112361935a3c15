import { LONGEST_DURATION_MS } from "../../core/shared/limits";
import type { Activity } from "../../core/shared/terms";
import type { Environment, PageEvent } from "./environment";

/** What the page can tell about its user (ST2): evidence, from which the server decides. */
export interface ActivityTracker {
  /** Takes up what an earlier load of the page left behind, and what the page looks like now. */
  begin(): void;
  /** Notes what happened. Returns whether the server should hear of it at once; `pauseMs` from its sync. */
  handle(event: PageEvent, pauseMs: number): boolean;
  /** How long ago the last input was and for how long the page has been hidden, as of now. */
  current(): Activity;
}

const KEY = "rollcall.activity";

/** Input is written down this often; hiding and leaving write at once. */
const SAVE_EVERY_MS = 5_000;

/** A scroll this soon after an input is its effect; a later one is a script's, and nobody's input. */
const SCROLL_FOLLOWS_MS = 2_000;

interface Evidence {
  /** Null when no input is known of. */
  readonly inputAt: number | null;
  /** Null while the page is visible. */
  readonly hiddenAt: number | null;
}

/**
 * Keeps two instants of the wall clock, which goes on while the machine sleeps and means the same after
 * a reload. Since they are instants, throttled timers of background tabs change nothing.
 */
export function createActivity(environment: Environment): ActivityTracker {
  let inputAt: number | null = null;
  let hiddenAt: number | null = null;
  let savedAt = -Infinity;
  let left = false;

  function save(): void {
    savedAt = environment.now();
    environment.writeTab(KEY, JSON.stringify({ inputAt, hiddenAt } satisfies Evidence));
  }

  function touch(pauseMs: number): boolean {
    const now = environment.now();
    const resumed = inputAt === null || now - inputAt > pauseMs;
    inputAt = now;
    if (resumed || Math.abs(now - savedAt) >= SAVE_EVERY_MS) save();
    return resumed;
  }

  function look(): boolean {
    const visible = environment.isVisible();
    if (visible === (hiddenAt === null)) return false;
    hiddenAt = visible ? null : environment.now();
    // Who brings the page to the front is there.
    if (visible) inputAt = environment.now();
    save();
    return true;
  }

  return {
    begin() {
      left = false;
      const kept = readEvidence(environment);
      const now = environment.now();
      const visible = environment.isVisible();
      // A page that was hidden and now loads visible has been brought to the front.
      const broughtBack = visible && kept?.hiddenAt !== null;
      inputAt = broughtBack ? now : (kept?.inputAt ?? inputAt);
      hiddenAt = visible ? null : (kept?.hiddenAt ?? hiddenAt ?? now);
      save();
    },
    handle(event, pauseMs) {
      switch (event.type) {
        case "input":
          return touch(pauseMs);
        case "scroll":
          return inputAt !== null && environment.now() - inputAt <= SCROLL_FOLLOWS_MS && touch(pauseMs);
        case "visibility":
          // Browsers hide a page while they unload it: the next load must not take that for evidence.
          if (left && !environment.isVisible()) return false;
          left = false;
          return look();
        case "pagehide":
          left = true;
          save();
          return false;
        case "pageshow": {
          left = false;
          if (!event.restored) return false;
          return look() || (environment.isVisible() && touch(pauseMs));
        }
        case "online":
        case "resume":
          return false;
        default:
          return event satisfies never;
      }
    },
    current() {
      const now = environment.now();
      // A clock that was set back must not keep the user active until it catches up.
      if (inputAt !== null && inputAt > now) inputAt = now;
      if (hiddenAt !== null && hiddenAt > now) hiddenAt = now;
      return {
        idleMs: inputAt === null ? LONGEST_DURATION_MS : Math.min(now - inputAt, LONGEST_DURATION_MS),
        hiddenMs: hiddenAt === null ? null : Math.min(now - hiddenAt, LONGEST_DURATION_MS),
      };
    },
  };
}

function readEvidence(environment: Environment): Evidence | null {
  try {
    const kept = JSON.parse(environment.readTab(KEY) ?? "null") as Partial<
      Record<keyof Evidence, unknown>
    > | null;
    if (typeof kept !== "object" || kept === null) return null;
    return { inputAt: instant(kept.inputAt), hiddenAt: instant(kept.hiddenAt) };
  } catch {
    return null;
  }
}

function instant(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
