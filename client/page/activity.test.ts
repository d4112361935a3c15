import { beforeEach, describe, expect, test } from "vitest";
import { createActivity, type ActivityTracker } from "./activity";
import { FakeEnvironment } from "../testing/fake-environment";

const PAUSE_MS = 5_000;
const YEAR_MS = 365 * 24 * 3_600_000;
let env: FakeEnvironment;
let activity: ActivityTracker;

function load(options: { visible?: boolean; tab?: Map<string, string>; elapsedMs?: number } = {}): void {
  env = new FakeEnvironment(options);
  env.sleep(options.elapsedMs ?? 0);
  activity = createActivity(env);
  activity.begin();
}

/** Reloads the page after `ms`, as browsers do: pagehide, then hidden, then a new page in the same tab. */
function reload({ visible = true, ms = 0 } = {}): void {
  activity.handle({ type: "pagehide" }, PAUSE_MS);
  env.show(false);
  activity.handle({ type: "visibility" }, PAUSE_MS);
  const elapsed = env.elapsedMs();
  load({ visible, tab: env.tab, elapsedMs: elapsed + ms });
}

beforeEach(() => load());

describe("[ST2] a page that loads", () => {
  test("[ST2] visible, without evidence, counts the load as input", () => {
    expect(activity.current()).toEqual({ idleMs: 0, hiddenMs: null });
  });

  test("[ST2] hidden, without evidence, is idle from the start", () => {
    load({ visible: false });
    expect(activity.current()).toEqual({ idleMs: YEAR_MS, hiddenMs: 0 });
  });

  test("[ST2] again keeps its evidence, and the reload is not input", () => {
    env.sleep(400_000);
    reload({ ms: 1_000 });
    expect(activity.current()).toEqual({ idleMs: 401_000, hiddenMs: null });
  });

  test("[ST2] again while hidden stays hidden", () => {
    env.show(false);
    activity.handle({ type: "visibility" }, PAUSE_MS);
    env.sleep(50_000);
    reload({ visible: false, ms: 1_000 });
    expect(activity.current()).toEqual({ idleMs: 51_000, hiddenMs: 51_000 });
  });

  test("[ST2] visible after it was hidden counts the load as input", () => {
    env.show(false);
    activity.handle({ type: "visibility" }, PAUSE_MS);
    env.sleep(50_000);
    reload({ visible: true, ms: 1_000 });
    expect(activity.current()).toEqual({ idleMs: 0, hiddenMs: null });
  });

  test.each(["null", "{", '"x"', '{"inputAt":"1","hiddenAt":[]}'])(
    "[ST2] survives %s in its storage",
    (kept) => {
      load({ tab: new Map([["rollcall.activity", kept]]) });
      expect(activity.current().hiddenMs).toBeNull();
    },
  );
});

describe("[ST2] evidence", () => {
  test("[ST2] uses the clock, so that throttled timers change nothing", () => {
    env.freeze(3_600_000);
    expect(activity.current()).toEqual({ idleMs: 3_600_000, hiddenMs: null });
  });

  test("[ST2] includes becoming visible, as input", () => {
    env.show(false);
    expect(activity.handle({ type: "visibility" }, PAUSE_MS)).toBe(true);
    env.sleep(60_000);
    env.show(true);
    expect(activity.handle({ type: "visibility" }, PAUSE_MS)).toBe(true);
    expect(activity.current()).toEqual({ idleMs: 0, hiddenMs: null });
    expect(activity.handle({ type: "visibility" }, PAUSE_MS)).toBe(false);
  });

  test("[ST2] includes a scroll after an input, but not a script's scroll", () => {
    env.sleep(1_000);
    activity.handle({ type: "scroll" }, PAUSE_MS);
    expect(activity.current().idleMs).toBe(0);
    env.sleep(60_000);
    expect(activity.handle({ type: "scroll" }, PAUSE_MS)).toBe(false);
    expect(activity.current().idleMs).toBe(60_000);
  });

  test("[ST2] of a clock that is set back keeps nobody active", () => {
    env.sleep(-3_600_000);
    expect(activity.current().idleMs).toBe(0);
    env.sleep(400_000);
    expect(activity.current().idleMs).toBe(400_000);
  });

  test("[ST2] includes the return from the back/forward cache, as input", () => {
    activity.handle({ type: "pagehide" }, PAUSE_MS);
    env.sleep(60_000);
    expect(activity.handle({ type: "pageshow", restored: true }, PAUSE_MS)).toBe(true);
    expect(activity.current()).toEqual({ idleMs: 0, hiddenMs: null });
  });
});
