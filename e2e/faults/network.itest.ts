import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "../../scripts/ports.mjs";
import { FaultProxy } from "./proxy";
import { DEAD_AFTER_MS, GRACE_MS, INTERVAL_MS, named, NOISE_MS, Stage, TRANSIT_MS } from "./stage";
import type { Troupe } from "./troupe";
import type { Witness } from "./witness";

const USERS = named("far", 6);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** Users behind a separate network, and a witness outside it. */
async function scene(): Promise<{ witness: Witness; network: FaultProxy; people: Troupe }> {
  const room = stage.newRoom();
  const witness = await stage.witness(room);
  const network = await FaultProxy.open(stage.host);
  stage.onEnd(() => network.close());
  const people = await stage.people(room, USERS, { host: network.host, arrivalMs: INTERVAL_MS });
  await people.untilLive();
  await witness.untilAll(USERS, "online");
  return { witness, network, people };
}

/** The final status that everybody should have. */
function expectAll(witness: Witness, statuses: readonly string[]): void {
  for (const user of USERS) expect(witness.statusesOf(user), `${user} was shown`).toEqual(statuses);
}

describe.concurrent("networks that fail", () => {
  test("[HB2] [ST6] [SY6] behind a pulled cable users are offline within the bound, last seen before it, and return when it is back", async () => {
    const { witness, network, people } = await scene();
    const pulledAt = Date.now();
    network.swallow();
    await witness.untilAll(USERS, "offline");
    for (const user of USERS) {
      const { sinceAt, lastSeenAt } = witness.user(user)!;
      expect(sinceAt - lastSeenAt!).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
      expect(lastSeenAt).toBeLessThanOrEqual(pulledAt + TRANSIT_MS);
      // Pulled just before the next heartbeat was due.
      expect(lastSeenAt).toBeGreaterThanOrEqual(pulledAt - INTERVAL_MS - TRANSIT_MS);
      expect(sinceAt - pulledAt).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
    }
    // Their own pages know it by now or soon, and show nobody as gone for that.
    await sleep(2.5 * INTERVAL_MS);
    for (const user of USERS) {
      const { stale, shown } = await people.look(user);
      expect(stale, `${user} says stale`).toBe(true);
      expect(Object.values(shown)).not.toContain("offline");
    }
    network.heal();
    await witness.untilAll(USERS, "online");
    await people.untilLive();
    expectAll(witness, ["online", "offline", "online"]);
  });

  test("[HB6] [GR1] when the server's packets are lost, clients open a new connection, and nobody sees a change", async () => {
    const { witness, network, people } = await scene();
    network.swallow("down");
    // Until the pages have given their connections up, by themselves.
    await expect.poll(() => USERS.some((user) => people.isLive(user)), { timeout: 20_000 }).toBe(false);
    network.heal();
    await people.untilLive();
    expect(witness.shownOffline(USERS)).toEqual([]);
  });

  test("[HB2] [CN2] when clients' packets are lost, they are declared dead and return at once", async () => {
    const { witness, network, people } = await scene();
    network.swallow("up");
    await witness.untilAll(USERS, "offline");
    for (const user of USERS) {
      const { sinceAt, lastSeenAt, reason } = witness.user(user)!;
      expect(sinceAt - lastSeenAt!).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
      expect(reason).toMatchObject({ kind: "missed" });
    }
    network.heal();
    await witness.untilAll(USERS, "online");
    await people.untilLive();
    expectAll(witness, ["online", "offline", "online"]);
  });

  test.each(["rst", "fin"] as const)(
    "[GR1] connections cut with %s are back within their grace, unseen",
    async (how) => {
      const { witness, network, people } = await scene();
      for (let cuts = 1; cuts <= 3; cuts += 1) {
        network.cut(how);
        await expect.poll(() => network.knocks.length, { timeout: 20_000 }).toBe(USERS.length * (cuts + 1));
        await people.untilLive();
      }
      // Users who were lost by a cut would be offline by now.
      await sleep(GRACE_MS + NOISE_MS);
      expectAll(witness, ["online"]);
    },
  );

  test("[HB2] a slow network changes nothing while it is faster than the bound", async () => {
    const { witness, network } = await scene();
    // A round trip is longer than a retry: each ping is repeated before its answer comes.
    network.delay(300);
    await sleep(8 * INTERVAL_MS);
    expectAll(witness, ["online"]);
    expect(network.knocks).toHaveLength(USERS.length);
  });

  test("[HB1] heartbeats keep connections open that a proxy would cut for being idle", async () => {
    const { witness, network, people } = await scene();
    // As 30 s is to the default heartbeat.
    network.cutIdleAfter(3 * INTERVAL_MS);
    await sleep(16 * INTERVAL_MS);
    expect(network.idleCuts).toBe(0);
    expect(network.knocks).toHaveLength(USERS.length);
    await people.untilLive();
    expectAll(witness, ["online"]);
  });
});
