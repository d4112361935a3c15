import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../../server/testing/test-client";
import { sleep } from "../../scripts/ports.mjs";
import { named, NOISE_MS, Stage, TRANSIT_MS } from "./stage";

// The platform hibernates a room that has been idle for some 10 s: heartbeats come later than that.
const INTERVAL_MS = 20_000;
const RETRY_MS = 600;
const MISSES = 3;
const DEAD_AFTER_MS = INTERVAL_MS + MISSES * RETRY_MS;
const GRACE_MS = 12_000;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    ROLLCALL_INTERVAL_MS: String(INTERVAL_MS),
    ROLLCALL_RETRY_MS: String(RETRY_MS),
    ROLLCALL_MISSES: String(MISSES),
    ROLLCALL_GRACE_MS: String(GRACE_MS),
    ROLLCALL_RESTART_GRACE_MS: String(GRACE_MS),
  });
});
afterAll(() => stage.close());

/** When the room's instance was built: another instant after each hibernation. */
async function wokenAt(room: string): Promise<number> {
  return ((await (await ask(stage.host, room, "/summary")).json()) as { wokenAt: number }).wokenAt;
}

describe("rooms that hibernate between heartbeats", () => {
  test("[HB5] [HB2] [GR1] a room that hibernated finds frozen and killed users within their bounds, and the others stay", async () => {
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const staying = await stage.people(room, named("staying", 3));
    const frozen = await stage.people(room, ["frozen"]);
    const killed = await stage.people(room, ["killed"]);
    const everybody = [...staying.users, "frozen", "killed"];
    await witness.untilAll(everybody, "online");
    await Promise.all([staying, frozen, killed].map((troupe) => troupe.untilLive()));
    const before = await wokenAt(room);
    // The room sleeps when this is over; asking it for that would wake it.
    await sleep(14_000);
    const frozenAt = frozen.freeze();
    const killedAt = Date.now();
    await killed.kill();

    await witness.untilAll(["frozen", "killed"], "offline", 60_000);
    expect(await wokenAt(room), "the room has slept").toBeGreaterThan(before);
    const { sinceAt, lastSeenAt, reason } = witness.user("frozen")!;
    expect(reason).toMatchObject({ kind: "missed", misses: MISSES });
    expect(lastSeenAt).toBeLessThanOrEqual(frozen.sentAt("frozen") + TRANSIT_MS);
    expect(lastSeenAt).toBeGreaterThanOrEqual(frozen.sentAt("frozen"));
    expect(sinceAt - frozenAt).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
    expect(sinceAt - lastSeenAt!).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
    const dropped = witness.user("killed")!;
    expect(dropped.sinceAt).toBeGreaterThanOrEqual(killedAt + GRACE_MS);
    expect(dropped.sinceAt).toBeLessThan(killedAt + GRACE_MS + NOISE_MS);
    expect(dropped.lastSeenAt).toBeLessThanOrEqual(killed.sentAt("killed") + TRANSIT_MS);
    expect(witness.shownOffline(staying.users)).toEqual([]);
    // Nobody had to connect again, and no page missed a diff.
    for (const user of staying.users) {
      expect(staying.attempts(user)).toHaveLength(1);
      const { stale, shown } = await staying.look(user);
      expect(stale).toBe(false);
      expect(shown).toMatchObject({ frozen: "offline", killed: "offline" });
    }
  }, 120_000);
});
