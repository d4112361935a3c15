import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_TIMINGS, reconnectSpreadMs } from "../../core/shared/timings";
import { ask } from "../../server/testing/test-client";
import { FaultProxy } from "./proxy";
import { named, Stage } from "./stage";

const CROWD = 1_000;
/** The crowd's processes: one alone would be busier than the server. */
const TROUPES = 2;
const PATIENCE_MS = 120_000;

let stage: Stage;

beforeAll(async () => {
  // The product's default graces, which a thousand clients must meet. The machine may be slow, and runs all of this.
  const { graceMs, restartGraceMs } = DEFAULT_TIMINGS;
  stage = await Stage.open({
    ROLLCALL_INTERVAL_MS: "10000",
    ROLLCALL_RETRY_MS: "3000",
    ROLLCALL_GRACE_MS: String(graceMs),
    ROLLCALL_RESTART_GRACE_MS: String(2 * restartGraceMs),
    ROLLCALL_FLUSH_MS: "100",
  });
});
afterAll(() => stage.close());

describe("a crowd", () => {
  test("[HB7] [GR3] a thousand clients that lose their server return spread out, within the restart's grace, without a flicker", async () => {
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    // It runs while the server is down, and records each attempt to connect.
    const door = await FaultProxy.open(stage.host);
    stage.onEnd(() => door.close());
    const users = named("crowd", CROWD);
    const troupes = await Promise.all(
      Array.from({ length: TROUPES }, (_, index) =>
        stage.people(
          room,
          users.filter((_, number) => number % TROUPES === index),
          {
            host: door.host,
            arrivalMs: 8_000,
          },
        ),
      ),
    );
    await Promise.all(troupes.map((troupe) => troupe.untilLive(troupe.users, PATIENCE_MS)));
    await witness.untilAll(users, "online", PATIENCE_MS);

    const lostAt = Date.now();
    await stage.server.crash();
    const servingAt = Date.now();
    await witness.until(() => witness.isLive, "the witness to be back");
    await Promise.all(troupes.map((troupe) => troupe.untilLive(troupe.users, PATIENCE_MS)));
    const { users: views } = (await (
      await ask(stage.host, room, "/users?status=online&limit=1000")
    ).json()) as {
      users: { id: string; connections: { connectedAt: number }[] }[];
    };
    expect(views).toHaveLength(CROWD);
    expect(witness.shownOffline(users)).toEqual([]);

    // The chosen waits fill the spread, independently of the machine.
    const spreadMs = reconnectSpreadMs(DEFAULT_TIMINGS);
    const waits = troupes.flatMap((troupe) => troupe.users.map((user) => troupe.waitMs(user)));
    const tenths = Array.from({ length: 10 }, (_, index) => {
      const from = (index * spreadMs) / 10;
      return waits.filter((ms) => ms >= from && ms < from + spreadMs / 10).length;
    });
    expect(Math.min(...tenths), `waits by tenths of the spread: ${tenths.join(", ")}`).toBeGreaterThan(
      CROWD / 20,
    );
    // The server's view: four fifths of the arrivals are spread out.
    const arrivals = views
      .map(({ connections }) => (connections[0]?.connectedAt ?? NaN) - servingAt)
      .toSorted((a, b) => a - b);
    const at = (share: number): number => arrivals[Math.floor(share * (CROWD - 1))] ?? NaN;
    expect(at(0.9) - at(0.1)).toBeGreaterThan(spreadMs / 2);
    const knocks = door.knocks.filter((knockedAt) => knockedAt >= lostAt).length;
    console.log(
      `${CROWD} returned: the first ${at(0)} ms, half ${at(0.5)} ms, the last ${at(1)} ms after the server's start, ` +
        `with ${knocks} knocks; first waits by tenths of ${spreadMs} ms: ${tenths.join(", ")}`,
    );
  }, 240_000);
});
