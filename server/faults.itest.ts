import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { helloParams } from "../core/wire/hello";
import type { AdminUser } from "../core/shared/terms";
import { serverFixture, type ServerFixture } from "./testing/server-fixture";
import { untilStored } from "./testing/stored";
import { ACTIVE, ask, newRoom, signToken, TestClient } from "./testing/test-client";

let server: ServerFixture | null = null;
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await server?.dispose();
  server = null;
});

/** Clocks, schedulers and alarms of a busy machine may be late by this much. */
const NOISE_MS = 1_000;

/** A client in its own process; `pongs` are the instants at which it answered. */
async function clientProcess(url: string, room: string, user: string) {
  const token = await signToken({ user });
  const params = new URLSearchParams({
    token,
    ...helloParams({ clientId: user, activity: ACTIVE, observe: false }),
  });
  const script = fileURLToPath(new URL("./testing/client-process.ts", import.meta.url));
  const child = spawn(process.execPath, [
    "--import",
    "tsx",
    script,
    `${url.replace("http", "ws")}/parties/main/${room}?${params}`,
  ]);
  children.push(child);
  const pongs: number[] = [];
  const waiting: (() => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith("pong ")) return;
    pongs.push(Number(line.slice(5)));
    for (const resolve of waiting.splice(0)) resolve();
  });
  return { child, pongs, nextPong: () => new Promise<void>((resolve) => waiting.push(resolve)) };
}

describe("clients that vanish", () => {
  test("[HB2] a frozen client is dead within the bound, last seen when it was last heard", async () => {
    server = await serverFixture();
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const frozen = await clientProcess(server.url, room, "ada");
    await watcher.untilStatus("ada", "online");
    await frozen.nextPong();
    frozen.child.kill("SIGSTOP");
    await watcher.untilStatus("ada", "offline");
    const ada = watcher.user("ada")!;
    const lastPong = frozen.pongs.at(-1)!;
    expect(ada.lastSeenAt).toBeGreaterThanOrEqual(lastPong - 5);
    expect(ada.lastSeenAt).toBeLessThan(lastPong + 500);
    // intervalMs + misses × retryMs of the tests' timings.
    expect(ada.sinceAt! - ada.lastSeenAt!).toBeGreaterThanOrEqual(1_900 - 100);
    expect(ada.sinceAt! - ada.lastSeenAt!).toBeLessThan(1_900 + NOISE_MS);
    expect(watcher.statusesOf("ada")).toEqual(["online", "offline"]);
    const { user } = await (await ask(server.url, room, "/users/ada")).json();
    expect(user.reason).toMatchObject({ kind: "missed", misses: 3, lastHeardAt: ada.lastSeenAt });
  });

  test("[GR1] a killed client is offline when its grace ends, last seen before it was killed", async () => {
    server = await serverFixture();
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const killed = await clientProcess(server.url, room, "ada");
    await watcher.untilStatus("ada", "online");
    await killed.nextPong();
    // The pong is sent; that it was heard before the kill, this alone makes sure of.
    await watcher.untilEcho();
    const killedAt = Date.now();
    killed.child.kill("SIGKILL");
    await watcher.untilStatus("ada", "offline");
    const ada = watcher.user("ada")!;
    expect(ada.lastSeenAt).toBeLessThanOrEqual(killedAt);
    expect(ada.sinceAt).toBeGreaterThanOrEqual(killedAt + 1_500);
    expect(ada.sinceAt).toBeLessThan(killedAt + 1_500 + NOISE_MS);
  });
});

describe("servers that crash", () => {
  test("[GR3] [DB1] after kill -9 a user who returns is never shown offline, and one who does not is last seen at the last proof of life", async () => {
    server = await serverFixture();
    const room = newRoom();
    const gone = await TestClient.join(server.url, room, { user: "gone" });
    const stays = await TestClient.join(server.url, room, { user: "stays", clientId: "stays" });
    const lost = await TestClient.join(server.url, room, { user: "lost" });
    gone.send({ type: "leaving" });
    await stays.untilStatus("gone", "offline");
    const goneView = stays.user("gone");
    // Two rounds of heartbeats, so that the proof is not just the connecting.
    await lost.until(() => lost.messages.filter(({ type }) => type === "ping").length >= 2, "two rounds");
    const killedAt = Date.now();
    await server.crash();

    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    expect(watcher.user("stays")?.status).toBe("online");
    expect(watcher.user("lost")?.status).toBe("online");
    expect(watcher.user("gone")).toEqual(goneView);
    const back = await TestClient.join(server.url, room, { user: "stays", clientId: "stays" });
    await watcher.untilStatus("lost", "offline");
    expect(watcher.statusesOf("stays")).toEqual(["online"]);
    const lostView = watcher.user("lost")!;
    expect(lostView.lastSeenAt).toBeLessThanOrEqual(lost.pongedAt + 500);
    // [DB2] one interval at most, and the noise of the machine.
    expect(lostView.lastSeenAt).toBeGreaterThanOrEqual(killedAt - 1_000 - NOISE_MS);
    const { user } = await (await ask(server.url, room, "/users/lost")).json();
    expect(user.reason.kind).toBe("restart");
    await back.leave();
  });

  test("[GR3] a room that wakes long after a restart does not show users whose time to return is over", async () => {
    server = await serverFixture({ ROLLCALL_RESTART_GRACE_MS: "1500" });
    const [early, late] = [newRoom(), newRoom()];
    const inEarly = await TestClient.join(server.url, early, { user: "ada" });
    const inLate = await TestClient.join(server.url, late, { user: "ada" });
    for (const room of [early, late]) await untilStored(server.stateDir, room, "ada");
    await server.crash();
    await Promise.all([inEarly.closed, inLate.closed]);
    // The end of the grace in one room is the event that proves the time is over in the other.
    const watcher = await TestClient.join(server.url, early, { user: "watcher" });
    await watcher.untilStatus("ada", "offline");
    const visitor = await TestClient.join(server.url, late, { user: "visitor" });
    await visitor.untilStatus("ada", "offline");
    expect(visitor.statusesOf("ada")).not.toContain("away");
    expect(visitor.user("ada")?.sinceAt).toBeLessThan(Date.now() + NOISE_MS);
  });
});

describe("rooms that hibernate", () => {
  test("[HB5] a room that hibernates between heartbeats finds the dead in time, keeps graces and continues the numbering", async () => {
    // The platform hibernates a room that has been idle for some 10 s; heartbeats come later than that.
    server = await serverFixture({
      ROLLCALL_INTERVAL_MS: "13000",
      ROLLCALL_RETRY_MS: "500",
      ROLLCALL_MISSES: "2",
      ROLLCALL_GRACE_MS: "12000",
      ROLLCALL_RESTART_GRACE_MS: "12000",
      ROLLCALL_IDLE_AFTER_MS: "60000",
    });
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const silent = await TestClient.join(server.url, room, { user: "silent" });
    silent.answering = false;
    const dropped = await TestClient.join(server.url, room, { user: "dropped" });
    await watcher.untilStatus("dropped", "online");
    const { epoch } = watcher.roster;
    const { wokenAt } = await (await ask(server.url, room, "/summary")).json();
    const { user: before } = await (await ask(server.url, room, "/users/silent")).json();
    const droppedAt = Date.now();
    dropped.socket.terminate();

    await watcher.untilStatus("silent", "offline");
    const after = await (await ask(server.url, room, "/summary")).json();
    expect(after.wokenAt).toBeGreaterThan(wokenAt);
    const silentView = watcher.user("silent")!;
    expect(silentView.lastSeenAt).toBe(before.lastSeenAt);
    expect(silentView.sinceAt! - silentView.lastSeenAt!).toBeLessThan(14_000 + NOISE_MS);
    const droppedView = watcher.user("dropped")!;
    expect(droppedView.status).toBe("offline");
    expect(droppedView.sinceAt! - droppedAt).toBeGreaterThanOrEqual(12_000);
    expect(droppedView.sinceAt! - droppedAt).toBeLessThan(12_000 + NOISE_MS);
    // Nothing was lost and nothing had to be asked for again.
    expect(watcher.roster.epoch).toBe(epoch);
    expect(watcher.messages.filter(({ type }) => type === "sync")).toHaveLength(1);
    expect(watcher.statusesOf("watcher")).toEqual(["online"]);
    const admin = await TestClient.join(server.url, room, { user: "root", role: "admin", observe: true });
    expect((admin.user("watcher") as AdminUser).connections).toHaveLength(1);
    await Promise.all([watcher.leave(), admin.leave()]);
  }, 90_000);

  test("[HB5] [GR1] a connection whose close wakes the room has its whole grace", async () => {
    server = await serverFixture({
      ROLLCALL_INTERVAL_MS: "40000",
      ROLLCALL_GRACE_MS: "6000",
      ROLLCALL_RESTART_GRACE_MS: "6000",
      ROLLCALL_IDLE_AFTER_MS: "120000",
    });
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const dropped = await TestClient.join(server.url, room, { user: "dropped" });
    await watcher.untilStatus("dropped", "online");
    const { wokenAt } = await (await ask(server.url, room, "/summary")).json();
    // Longer than the platform keeps an idle room, and no heartbeat is due.
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    const droppedAt = Date.now();
    dropped.socket.terminate();
    await watcher.untilStatus("dropped", "offline");
    const { sinceAt, lastSeenAt } = watcher.user("dropped")!;
    expect(sinceAt! - droppedAt).toBeGreaterThanOrEqual(6_000 - 100);
    expect(sinceAt! - droppedAt).toBeLessThan(6_000 + NOISE_MS);
    expect(lastSeenAt).toBeLessThan(droppedAt);
    const after = await (await ask(server.url, room, "/summary")).json();
    expect(after.wokenAt).toBeGreaterThan(wokenAt);
  }, 60_000);

  test("[HB4] an empty room has no alarm for presence, and sleeps until its history is too old", async () => {
    server = await serverFixture();
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    ada.send({ type: "signOut" });
    await ada.closed;
    const leftAt = Date.now();
    const alarmIn = async () => (await (await ask(server!.url, room, "/summary")).json()).alarmAt - leftAt;
    await expect.poll(alarmIn).toBeGreaterThan(29 * 24 * 3_600_000);
  });
});
