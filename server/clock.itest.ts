import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AdminUser } from "../core/shared/terms";
import { ENGINE, serverFixture, type ServerFixture } from "./testing/server-fixture";
import { ask, newRoom, signToken, TestClient } from "./testing/test-client";
import { SettableClock } from "./testing/wall-clock";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** workerd is started again after a larger step back (scripts/rooms.itest.ts), because an object's time stands still then. */
const STEPS_BACK = ENGINE === "workerd" ? [] : [-24 * HOUR_MS, -HOUR_MS, -MINUTE_MS];
const STEPS = [...STEPS_BACK, -1_000, 1_000, MINUTE_MS, HOUR_MS, 24 * HOUR_MS];

let clock: SettableClock;
let server: ServerFixture;

beforeAll(async () => {
  clock = new SettableClock();
  // Long enough that a slow machine is back in time.
  server = await serverFixture({ ROLLCALL_RESTART_GRACE_MS: "10000" }, { runtime: clock.runtime });
});
afterAll(async () => {
  await server.dispose();
  clock.dispose();
});
afterEach(() => clock.reset());

/** Everything that the API says of when things happened in a room. */
async function instantsOf(room: string): Promise<number[]> {
  const read = async (path: string): Promise<unknown> => (await ask(server.url, room, path)).json();
  const now = clock.now();
  const texts = await Promise.all([
    read("/users"),
    read("/summary"),
    read(`/history?from=${now - 2 * HOUR_MS}&to=${now + 48 * HOUR_MS}`),
    read(`/users/killed/history?from=${now - 2 * HOUR_MS}&to=${now + 48 * HOUR_MS}`),
  ]);
  const instants: number[] = [];
  JSON.stringify(texts, (key, value: unknown) => {
    // What is still to come is no instant of the past: the alarm, the end of a grace, a point of a chart.
    const isPast =
      key === "sinceAt" || key === "at" || /^(last|heard|input|connected|woken|from|to)\w*At$/.test(key);
    if (isPast && typeof value === "number") instants.push(value);
    return value;
  });
  return instants;
}

describe("a server whose wall clock is set while people are connected", () => {
  test.each(STEPS)("[TM1] [TM2] by %i ms shows no change", async (ms) => {
    const room = newRoom();
    const observer = await TestClient.join(server.url, room, { user: "admin", role: "admin", observe: true });
    const staying = await TestClient.join(server.url, room, { user: "staying" });
    const leaving = await TestClient.join(server.url, room, { user: "leaving", sessionId: "s1" });
    const killed = await TestClient.join(server.url, room, { user: "killed" });
    for (const user of ["staying", "leaving", "killed"]) await observer.untilStatus(user, "online");

    clock.step(ms);
    leaving.send({ type: "signOut" });
    killed.socket.terminate();
    // The same time as without a step: graces and flushes do not wait for the wall clock to come back.
    await observer.untilStatus("leaving", "offline");
    await observer.untilStatus("killed", "offline");
    const newcomer = await TestClient.join(server.url, room, {
      user: "newcomer",
      token: await tokenNow("newcomer"),
    });
    await observer.untilStatus("newcomer", "online");
    // Somebody who falls silent is found out by heartbeats after the step.
    newcomer.answering = false;
    await observer.untilStatus("newcomer", "offline");
    expect((observer.user("newcomer") as AdminUser).reason).toMatchObject({ kind: "missed" });

    expect(observer.statusesOf("staying"), "whoever is there stays online").toEqual(["online"]);
    expect(staying.statusesOf("staying")).toEqual(["online"]);
    const now = clock.now();
    const { users } = (await (await ask(server.url, room, "/users")).json()) as { users: AdminUser[] };
    expect(users.find(({ id }) => id === "staying")).toMatchObject({ status: "online" });
    for (const at of await instantsOf(room)) expect(at).toBeLessThanOrEqual(now + 1_000);
  });

  test("[TM1] back still fires the alarm of a room without other events", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const silent = await TestClient.join(server.url, room, { user: "silent" });
    await watcher.untilStatus("silent", "online");
    const pinged = watcher.of("ping").length;
    await watcher.until(() => watcher.of("ping").length > pinged, "a heartbeat");
    silent.answering = false;
    clock.step(ENGINE === "workerd" ? -1_000 : -HOUR_MS);
    // Nobody says anything from now on but in answer to the room, whose alarm would ring as much later.
    await watcher.until(() => watcher.of("ping").length > pinged + 1, "the next heartbeat");
    await watcher.untilStatus("silent", "offline");
    expect(watcher.statusesOf("watcher")).toEqual(["online"]);
  });

  test("[TM2] [GR3] back while it is down is corrected at its start, and stored instants in the future become now", async () => {
    const room = newRoom();
    clock.step(HOUR_MS);
    const gone = await TestClient.join(server.url, room, { user: "gone", token: await tokenNow("gone") });
    const there = await TestClient.join(server.url, room, { user: "there", token: await tokenNow("there") });
    gone.send({ type: "signOut" });
    await there.untilStatus("gone", "offline");
    await server.kill();
    clock.step(-HOUR_MS);
    await server.restart();
    const back = await TestClient.join(server.url, room, { user: "back", token: await tokenNow("back") });
    expect(back.user("there"), "the restart grace runs").toMatchObject({ status: "online" });
    for (const at of await instantsOf(room)) expect(at).toBeLessThanOrEqual(clock.now() + 1_000);
    await back.untilStatus("there", "offline");
  });
});

/** A token by the server's clock, which the app that signs it shares. */
async function tokenNow(user: string): Promise<string> {
  const aheadS = Math.round((clock.now() - Date.now()) / 1_000);
  return signToken({ user, issuedIn: aheadS, expiresIn: aheadS + 120 });
}
