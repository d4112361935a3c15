import { randomInt } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import type { AdminUser, Status } from "../../core/shared/terms";
import { ask, TestClient } from "../../server/testing/test-client";
import { seededRandom, type Random } from "../../scripts/demo/random.mjs";
import { sleep } from "../../scripts/ports.mjs";
import { DEAD_AFTER_MS, INTERVAL_MS, named, NOISE_MS, Stage, TRANSIT_MS } from "./stage";
import type { Troupe } from "./troupe";
import type { Witness } from "./witness";

const CRASHES = 20;
/** Longer than elsewhere: a busy machine starts a server slowly, and its clients' connections too. */
const RESTART_GRACE_MS = 12_000;
const SETTINGS = {
  ROLLCALL_RESTART_GRACE_MS: String(RESTART_GRACE_MS),
  // A starting server takes all of a small machine. A client that gets no turn for a while is not dead.
  ROLLCALL_RETRY_MS: "500",
  ROLLCALL_MISSES: "10",
};
/** FAULTS_SEED=… repeats the same moments. */
const seed = Number(process.env["FAULTS_SEED"] ?? randomInt(2 ** 31));

let stage: Stage | null = null;

afterEach(async () => {
  await stage?.close();
  stage = null;
});

interface Crash {
  readonly user: string;
  readonly sentAt: number;
  /** The server may have heard of them until then, and not later. */
  readonly heardUntilAt: number;
  readonly killedAt: number;
  readonly backAt: number;
}

interface RoomHistory {
  readonly changes: readonly { readonly at: number; readonly status: Status }[];
  readonly gaps: readonly { readonly fromAt: number; readonly toAt: number }[];
}

async function historyOf(url: string, room: string, user: string): Promise<RoomHistory> {
  return (await (await ask(url, room, `/users/${user}/history`)).json()) as RoomHistory;
}

/** The whole roster as the room's API has it. */
async function rosterOf(url: string, room: string): Promise<Map<string, AdminUser>> {
  const { users } = (await (await ask(url, room, "/users?limit=1000")).json()) as { users: AdminUser[] };
  return new Map(users.map((user) => [user.id, user]));
}

/** Has people hide, show and touch their pages for as long as it is let: writes are under way at any moment. */
function keepBusy(people: Troupe, users: readonly string[], random: Random): () => void {
  const timer = setInterval(() => {
    people.cue(random.pick(users), random.pick(["hide", "show"]));
  }, 15);
  return () => clearInterval(timer);
}

/** The events before a flicker, for the error. */
function tellFlicker(
  witness: Witness,
  people: Troupe,
  user: string | undefined,
  crashes: readonly Crash[],
): string {
  if (user === undefined) return "";
  const at = witness.sawAt(user, "offline");
  const crash = crashes.findLast(({ killedAt }) => killedAt < at);
  if (!crash) return `[GR3] ${user} is shown offline before any crash`;
  const after = (instant: number): number => instant - crash.killedAt;
  const attempts = people.attempts(user).filter((instant) => instant >= crash.killedAt - 20_000);
  return (
    `[GR3] ${user} is shown offline ${after(at)} ms after crash ${crashes.indexOf(crash) + 1}, which took ` +
    `${after(crash.backAt)} ms; their attempts: ${attempts.map(after).join(", ")}`
  );
}

/** [SY4] Every diff that somebody was sent follows the one before. */
function expectUnbroken({ messages }: TestClient): void {
  const numbers = messages.flatMap((message) =>
    message.type === "sync" || message.type === "diff" ? [message.seq] : [],
  );
  const first = numbers[0] ?? NaN;
  expect(numbers, "[SY4] diffs without gaps").toEqual(numbers.map((_, index) => first + index));
}

describe("servers that end", () => {
  test(`[GR3] [DB1] [DB2] kill -9 under load, ${CRASHES} times, shows no flicker of users who return, and loses nobody (FAULTS_SEED=${seed})`, async () => {
    const random = seededRandom(seed);
    stage = await Stage.open(SETTINGS);
    const { server, host } = stage;
    const room = stage.newRoom();
    const [steady, busy] = [named("steady", 20), named("busy", 20)];
    const people = await stage.people(room, [...steady, ...busy]);
    const leavers = await stage.people(room, ["left"]);
    // Users who end together with the server, one at each crash, and do not return.
    const victims = new Map<string, Troupe>();
    for (const user of named("victim", CRASHES)) victims.set(user, await stage.people(room, [user]));
    const witness = await stage.witness(room);
    await witness.untilAll([...steady, ...busy, ...victims.keys(), "left"], "online");
    leavers.cue("left", "signOut");
    await witness.untilAll(["left"], "offline");
    const left = witness.user("left");

    const truth: Crash[] = [];
    const epochs = new Set<string>();
    for (const [user, victim] of victims) {
      // Some crashes hit a room in its daily work, some before everybody has come back.
      if (truth.length % 3 === 0) await people.untilLive();
      const idle = keepBusy(people, busy, random);
      const reader = await TestClient.join(host, room, { user: "reader", role: "admin", observe: true });
      await sleep(random.between(50, 1_500));
      await Promise.all([server.kill(), victim.kill()]);
      const killedAt = Date.now();
      idle();
      expect(epochs, "[SY1] a restart begins a new epoch").not.toContain(reader.roster.epoch);
      epochs.add(reader.roster.epoch ?? "");
      expectUnbroken(reader);
      await server.restart();
      const sentAt = victim.sentAt(user);
      // A handshake is a sign of life too, and a starting server reads it when it comes to it.
      const isKnocking = (victim.attempts(user).at(-1) ?? 0) > sentAt;
      const heardUntilAt = isKnocking ? killedAt : sentAt + TRANSIT_MS;
      truth.push({ user, sentAt, heardUntilAt, killedAt, backAt: Date.now() });
      const roster = await rosterOf(host, room);
      for (const known of [...steady, ...busy, ...victims.keys(), "left"])
        expect(roster.has(known), `${known} is known after crash ${truth.length}`).toBe(true);
      expect(roster.get("left")).toMatchObject({ ...left });
    }

    await people.untilLive(people.users, 60_000);
    await witness.untilAll([...victims.keys()], "offline");
    await witness.until(() => witness.isLive, "the witness to be back");
    const flickers = witness.shownOffline([...steady, ...busy]);
    expect(flickers, `${tellFlicker(witness, people, flickers[0], truth)}`).toEqual([]);
    const roster = await rosterOf(host, room);
    for (const user of steady) {
      const { changes } = await historyOf(host, room, user);
      expect(
        changes.map(({ status }) => status),
        `[GR3] ${user}'s history`,
      ).toEqual(["online"]);
      expect(roster.get(user)?.connections).toHaveLength(1);
    }
    for (const user of busy) {
      const { changes } = await historyOf(host, room, user);
      expect(changes.map(({ status }) => status)).not.toContain("offline");
    }
    for (const { user, sentAt, heardUntilAt } of truth) {
      const { lastSeenAt } = roster.get(user)!;
      expect(lastSeenAt, `[ST6] ${user}, never later than the truth`).toBeLessThanOrEqual(heardUntilAt);
      // The proof of life is an interval old at most.
      expect(lastSeenAt, `[DB2] ${user}`).toBeGreaterThan(sentAt - INTERVAL_MS - NOISE_MS);
    }
    const { gaps } = await historyOf(host, room, "left");
    for (const { killedAt, backAt } of truth) {
      const gap = gaps.find(({ fromAt, toAt }) => fromAt <= killedAt && toAt >= killedAt);
      // A crash before anybody was back is inside of the gap before, or has none of its own.
      if (gap) expect(gap.toAt).toBeLessThanOrEqual(backAt + RESTART_GRACE_MS);
    }
    expect(gaps.length).toBeGreaterThan(CRASHES / 2);
  }, 240_000);

  test("[GR3] deploys under load show no flicker", async () => {
    stage = await Stage.open(SETTINGS);
    const { server, host } = stage;
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const [steady, busy] = [named("steady", 30), named("busy", 20)];
    const people = await stage.people(room, [...steady, ...busy]);
    await witness.untilAll([...steady, ...busy], "online");
    const idle = keepBusy(people, busy, seededRandom(seed));
    for (let deploys = 0; deploys < 3; deploys += 1) {
      await server.deploy();
      await people.untilLive();
    }
    idle();
    await sleep(RESTART_GRACE_MS + NOISE_MS);
    expect(witness.shownOffline([...steady, ...busy])).toEqual([]);
    for (const user of steady) {
      const { changes } = await historyOf(host, room, user);
      expect(changes.map(({ status }) => status)).toEqual(["online"]);
    }
  });

  test("[HB2] a server that is stopped for longer than the bound declares nobody dead for its own silence", async () => {
    stage = await Stage.open();
    const { server } = stage;
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const people = await stage.people(room, named("steady", 20), { arrivalMs: INTERVAL_MS });
    await witness.untilAll(people.users, "online");
    for (const heldUpMs of [DEAD_AFTER_MS / 2, DEAD_AFTER_MS, 2 * DEAD_AFTER_MS]) {
      server.signal("SIGSTOP");
      await sleep(heldUpMs);
      server.signal("SIGCONT");
      await sleep(DEAD_AFTER_MS);
    }
    await people.untilLive();
    expect(witness.shownOffline(people.users)).toEqual([]);
  });
});
