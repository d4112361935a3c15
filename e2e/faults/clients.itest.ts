import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep, until } from "../../scripts/ports.mjs";
import {
  DEAD_AFTER_MS,
  GRACE_MS,
  INTERVAL_MS,
  named,
  NOISE_MS,
  RELOAD_GRACE_MS,
  Stage,
  TRANSIT_MS,
} from "./stage";
import type { Troupe } from "./troupe";

const PEOPLE = 6;
/** The time in which all are struck, each at a random moment, so that all phases of a heartbeat occur. */
const SPREAD_MS = 3 * INTERVAL_MS;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** One process for each user, so that each can be struck alone. */
async function alone(room: string, users: readonly string[]): Promise<Map<string, Troupe>> {
  const troupes = await Promise.all(users.map((user) => stage.people(room, [user])));
  await Promise.all(troupes.map((troupe) => troupe.untilLive()));
  return new Map(users.map((user, index) => [user, troupes[index] as Troupe]));
}

/** Runs an action for each user at a random moment, and returns when. */
async function atRandomMoments(troupes: Map<string, Troupe>, act: (troupe: Troupe) => unknown) {
  const at = new Map<string, number>();
  await Promise.all(
    [...troupes].map(async ([user, troupe]) => {
      await sleep(Math.random() * SPREAD_MS);
      at.set(user, Date.now());
      await act(troupe);
    }),
  );
  return at;
}

describe.concurrent("processes of people", () => {
  test("[HB2] [ST6] frozen users are offline within the bound, last seen when they last sent anything", async () => {
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const bystanders = named("bystander", 5);
    await stage.people(room, bystanders);
    const troupes = await alone(room, named("frozen", PEOPLE));
    await witness.untilAll([...troupes.keys(), ...bystanders], "online");

    const frozenAt = await atRandomMoments(troupes, (troupe) => troupe.freeze());
    await witness.untilAll([...troupes.keys()], "offline");
    for (const [user, troupe] of troupes) {
      const { sinceAt, lastSeenAt, reason } = witness.user(user)!;
      expect(lastSeenAt).toBeGreaterThanOrEqual(troupe.sentAt(user));
      expect(lastSeenAt).toBeLessThanOrEqual(troupe.sentAt(user) + TRANSIT_MS);
      expect(lastSeenAt).toBeLessThanOrEqual(frozenAt.get(user)! + TRANSIT_MS);
      // A round includes connections that are due within a tenth of an interval (HB1).
      expect(sinceAt - lastSeenAt!).toBeGreaterThanOrEqual(DEAD_AFTER_MS - INTERVAL_MS / 10);
      expect(sinceAt - lastSeenAt!).toBeLessThan(DEAD_AFTER_MS + NOISE_MS);
      expect(reason).toMatchObject({ kind: "missed", lastHeardAt: lastSeenAt });
      expect(witness.statusesOf(user)).toEqual(["online", "offline"]);
    }
    expect(witness.shownOffline(bystanders)).toEqual([]);
  });

  test("[GR1] [ST6] killed users are offline when their grace ends, last seen before the kill", async () => {
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const troupes = await alone(room, named("killed", PEOPLE));
    await witness.untilAll([...troupes.keys()], "online");

    const killedAt = await atRandomMoments(troupes, (troupe) => troupe.kill());
    await witness.untilAll([...troupes.keys()], "offline");
    for (const [user, at] of killedAt) {
      const { sinceAt, lastSeenAt, reason } = witness.user(user)!;
      expect(lastSeenAt).toBeGreaterThanOrEqual(troupes.get(user)!.sentAt(user) - INTERVAL_MS);
      expect(lastSeenAt).toBeLessThanOrEqual(troupes.get(user)!.sentAt(user) + TRANSIT_MS);
      expect(sinceAt).toBeGreaterThanOrEqual(at + GRACE_MS);
      if (reason?.kind !== "dropped") throw new Error(`${user} is offline for another reason`);
      // The detection of the drop and then the grace, each with the machine's own delay.
      expect(reason.fromAt).toBeLessThan(at + NOISE_MS);
      expect(sinceAt).toBeGreaterThanOrEqual(reason.fromAt + GRACE_MS);
      expect(sinceAt).toBeLessThan(reason.fromAt + GRACE_MS + NOISE_MS);
      expect(witness.statusesOf(user)).toEqual(["online", "offline"]);
    }
  });

  test("[HB6] a client that slept past its death returns by itself, and shows everybody correctly", async () => {
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const others = await stage.people(room, ["stays", "leaves"]);
    const troupes = await alone(room, named("sleeper", 5));
    const sleepers = [...troupes.keys()];
    await witness.untilAll([...sleepers, "stays", "leaves"], "online");

    await atRandomMoments(troupes, (troupe) => troupe.freeze());
    others.cue("leaves", "signOut");
    await witness.untilAll([...sleepers, "leaves"], "offline");
    for (const troupe of troupes.values()) troupe.thaw();
    await witness.untilAll(sleepers, "online");
    for (const [user, troupe] of troupes) {
      await troupe.untilLive();
      const right = JSON.stringify({ stays: "online", leaves: "offline" });
      const isRight = await until(async () => {
        const { stale, shown } = await troupe.look(user);
        if (stale || sleepers.some((each) => shown[each] !== "online")) return false;
        return JSON.stringify({ stays: shown["stays"], leaves: shown["leaves"] }) === right;
      }, 5_000);
      expect(isRight, `${user} sees what is`).toBe(true);
      expect(witness.statusesOf(user)).toEqual(["online", "offline", "online"]);
    }
    expect(witness.shownOffline(["stays"])).toEqual([]);
  });

  test("[HB2] a client that is stopped for less than the bound is not shown as gone", async () => {
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const troupes = await alone(room, named("hiccup", 5));
    await witness.untilAll([...troupes.keys()], "online");
    for (let round = 0; round < 3; round += 1) {
      for (const troupe of troupes.values()) troupe.freeze();
      // The pings that they miss: one or two of three.
      await sleep(DEAD_AFTER_MS / 2);
      for (const troupe of troupes.values()) troupe.thaw();
      await sleep(INTERVAL_MS);
    }
    expect(witness.shownOffline([...troupes.keys()])).toEqual([]);
  });

  test("[GR1] a page that announces its close is offline after the shorter grace, and one that returns in it never is", async () => {
    const room = stage.newRoom();
    const witness = await stage.witness(room);
    const [closers, reloaders] = [named("closer", 5), named("reloader", 5)];
    const people = await stage.people(room, [...closers, ...reloaders]);
    await witness.untilAll([...closers, ...reloaders], "online");
    for (const user of reloaders) {
      people.cue(user, "stop");
      people.cue(user, "start");
    }
    for (const user of closers) people.cue(user, "stop");
    await witness.untilAll(closers, "offline");
    for (const user of closers) {
      const { sinceAt, reason } = witness.user(user)!;
      // Measured from the announcement, because a busy machine is slow to run the page.
      if (reason?.kind !== "closed")
        throw new Error(`${user} is offline for another reason: ${reason?.kind}`);
      expect(reason.fromAt).toBeGreaterThanOrEqual(people.sentAt(user));
      expect(sinceAt).toBeGreaterThanOrEqual(reason.fromAt + RELOAD_GRACE_MS);
      expect(sinceAt).toBeLessThan(reason.fromAt + RELOAD_GRACE_MS + NOISE_MS);
    }
    expect(witness.shownOffline(reloaders)).toEqual([]);
  });
});
