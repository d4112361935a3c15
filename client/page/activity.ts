import { LONGEST_DURATION_MS } from "../../core/shared/limits";
import type { Activity } from "../../core/shared/terms";
import type { Environment, PageEvent } from "./environment";

/** Evidence of the user's activity on the page (ST2). The server decides from it. */
export interface ActivityTracker {
  /** Restores the evidence of an earlier load of the page, and reads the page's current state. */
  begin(): void;
  /** Records an event. Returns whether to report it at once. `pauseMs` comes from the sync. */
  handle(event: PageEvent, pauseMs: number): boolean;
  /** How long ago the last input was, and how long the page has been hidden. */
  current(): Activity;
}

const KEY = "rollcall.activity";

/** Input is stored at most this often. Hiding and leaving are stored at once. */
const SAVE_EVERY_MS = 5_000;

/** A scroll this soon after an input is its effect. A later scroll comes from a script, and is not input. */
const SCROLL_FOLLOWS_MS = 2_000;

interface Evidence {
  /** Null if there was no input. */
  readonly inputAt: number | null;
  /** Null while the page is visible. */
  readonly hiddenAt: number | null;
}

/**
 * Keeps two instants of the wall clock, which continues during sleep and means the same after a reload.
 * Throttled timers of background tabs do not change instants.
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
    // A user who brings the page to the front is active.
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
      // A page that was hidden and loads visible was brought to the front.
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
          // Browsers hide a page during unload. The next load must not use that as evidence.
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
        case "offline":
        case "online":
        case "resume":
          return false;
        default:
          return event satisfies never;
      }
    },
    current() {
      const now = environment.now();
      // A clock that was set back must not keep the user active.
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
