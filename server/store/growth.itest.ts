import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, newRoom, signToken, TEST_SECRETS, TestClient } from "../testing/test-client";

const HOUR_MS = 3_600_000;
const bearer = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };

let server: ServerFixture;

beforeAll(async () => {
  server = await serverFixture();
});

afterAll(() => server.dispose());

const json = async (url: string, room: string, path: string) => (await ask(url, room, path)).json();

/** The rooms whose names contain the text, as the directory has them. */
async function listed(url: string, q: string): Promise<{ room: string; users: number; wokenAt: number }[]> {
  const answer = await fetch(`${url}/parties/directory/main/rooms?q=${q}`, { headers: bearer });
  return (await answer.json()).rooms;
}

/** How many files the state directory holds of rooms. */
function roomFiles({ stateDir }: ServerFixture): number {
  return readdirSync(stateDir, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.includes("storageDO") && name.endsWith(".sqlite"),
  ).length;
}

/** Signs out, so that there is no grace to wait for. */
async function signOut(client: TestClient): Promise<void> {
  client.send({ type: "signOut" });
  await client.closed;
}

describe("a room that nobody has entered", () => {
  test("has neither a file nor an entry in the directory after any request", async () => {
    const rooms = Array.from({ length: 10 }, newRoom);
    // The directory has a file of its own.
    await listed(server.url, "");
    const files = roomFiles(server);
    const root = await signToken({ user: "root", role: "admin" });
    for (const room of rooms) {
      const headers = { authorization: `Bearer ${await signToken({ user: "ada" })}` };
      const asAdmin = { authorization: `Bearer ${root}` };
      expect((await ask(server.url, room, "/summary", { headers })).status).toBe(200);
      expect(await json(server.url, room, "/summary")).toMatchObject({
        users: 0,
        connections: 0,
        alarmAt: null,
      });
      expect(await json(server.url, room, "/users")).toMatchObject({ users: [], total: 0 });
      expect((await ask(server.url, room, "/history")).status).toBe(200);
      expect((await ask(server.url, room, "/stats", { headers: asAdmin })).status).toBe(200);
      expect((await ask(server.url, room, "/users/ada")).status).toBe(404);
      expect((await ask(server.url, room, "/users/ada", { method: "DELETE" })).status).toBe(404);
      expect((await ask(server.url, room, "/users/ada/connections", { method: "DELETE" })).status).toBe(404);
      expect((await ask(server.url, room, "", { method: "DELETE" })).status).toBe(404);
      expect(
        (await ask(server.url, room, "/users/query", { method: "POST", body: '{"ids":["ada"]}' })).status,
      ).toBe(200);
      const refused = await TestClient.open(server.url, room, { user: "ada", rooms: ["another"] });
      expect((await refused.closed).code).toBe(CLOSE.roomRefused);
    }
    expect(roomFiles(server)).toBe(files);
    for (const room of rooms) expect(await listed(server.url, room)).toEqual([]);
  });

  test("stores nothing of an admin who only observed it", async () => {
    const room = newRoom();
    const admin = await TestClient.join(server.url, room, { user: "root", role: "admin", observe: true });
    expect(await json(server.url, room, "/summary")).toMatchObject({ users: 0, connections: 1 });
    await admin.leave();
    await expect.poll(async () => (await json(server.url, room, "/summary")).connections).toBe(0);
    expect(await json(server.url, room, "/stats")).toMatchObject({ alarmAt: null, stats: { connects: 0 } });
    expect(await listed(server.url, room)).toEqual([]);
  });
});

test("[HB9] /metrics has the awake rooms, and wakes none", async () => {
  const own = await serverFixture();
  try {
    const [asleep, busy] = [newRoom(), newRoom()];
    await signOut(await TestClient.join(own.url, asleep, { user: "ada", sessionId: "s" }));
    await expect.poll(() => listed(own.url, asleep)).toHaveLength(1);
    await own.deploy();
    const ben = await TestClient.join(own.url, busy, { user: "ben" });
    await expect.poll(() => listed(own.url, busy)).toHaveLength(1);
    const metrics = await (await fetch(`${own.url}/metrics`, { headers: bearer })).text();
    const toldAt = Date.now();
    expect(metrics).toContain("rollcall_rooms 2\n");
    expect(metrics).toContain("rollcall_rooms_awake 1\n");
    expect(metrics).toContain(`rollcall_users{room="${busy}",status="online"} 1\n`);
    expect(metrics).not.toContain(asleep);
    const first = await json(own.url, asleep, "/summary");
    expect(first.wokenAt).toBeGreaterThanOrEqual(toldAt);
    // Who was awake once is listed without being woken again.
    expect(await listed(own.url, asleep)).toMatchObject([{ wokenAt: first.wokenAt, users: 1 }]);
    await ben.leave();
  } finally {
    await own.dispose();
  }
});

describe("deleting a room", () => {
  test("[DB3] ends all connections for good and leaves nothing, and the next visitor begins a new room", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    const ben = await TestClient.join(server.url, room, { user: "ben" });
    const admin = await TestClient.join(server.url, room, { user: "root", role: "admin", observe: true });
    await ada.untilStatus("ben", "online");
    await expect.poll(() => listed(server.url, room)).toHaveLength(1);
    const answer = await ask(server.url, room, "", { method: "DELETE" });
    expect(await answer.json()).toEqual({ now: expect.any(Number), deleted: room, closed: 3 });
    for (const client of [ada, ben, admin]) expect((await client.closed).code).toBe(CLOSE.roomDeleted);
    expect(await listed(server.url, room)).toEqual([]);
    expect(await json(server.url, room, "/summary")).toMatchObject({
      users: 0,
      connections: 0,
      alarmAt: null,
    });
    expect((await ask(server.url, room, "", { method: "DELETE" })).status).toBe(404);
    const metrics = await (await fetch(`${server.url}/metrics`, { headers: bearer })).text();
    expect(metrics).not.toContain(room);

    const cleo = await TestClient.join(server.url, room, { user: "cleo" });
    expect([...cleo.roster.users.keys()]).toEqual(["cleo"]);
    const { points } = await json(server.url, room, `/history?step=60000&from=${Date.now() - HOUR_MS}`);
    expect(Math.max(...points.map(({ mostOnline }: { mostOnline: number }) => mostOnline))).toBe(1);
    await expect.poll(() => listed(server.url, room)).toHaveLength(1);
    await cleo.leave();
  });

  test("[DB3] survives a crash, and works for an empty room", async () => {
    const own = await serverFixture();
    try {
      const room = newRoom();
      await signOut(await TestClient.join(own.url, room, { user: "ada", sessionId: "s" }));
      await expect.poll(() => listed(own.url, room)).toHaveLength(1);
      await own.deploy();
      expect((await ask(own.url, room, "", { method: "DELETE" })).status).toBe(200);
      await own.crash();
      expect(await listed(own.url, room)).toEqual([]);
      expect((await ask(own.url, room, "/users/ada")).status).toBe(404);
    } finally {
      await own.dispose();
    }
  });

  test("[SE5] is for admins of this room", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    const as = async (options: Parameters<typeof signToken>[0]) =>
      (
        await ask(server.url, room, "", {
          method: "DELETE",
          headers: { authorization: `Bearer ${await signToken(options)}` },
        })
      ).status;
    expect(await as({ user: "ada" })).toBe(403);
    expect(await as({ user: "root", role: "admin", rooms: ["another"] })).toBe(403);
    expect((await ask(server.url, room, "", { method: "GET" })).status).toBe(405);
    expect(ada.socket.readyState).toBe(1);
    expect(await as({ user: "root", role: "admin", rooms: [room] })).toBe(200);
    expect((await ada.closed).code).toBe(CLOSE.roomDeleted);
  });
});

describe("users who are forgotten", () => {
  test("[DB3] guests are forgotten soon, also in an empty room, and others stay", async () => {
    const own = await serverFixture({ ROLLCALL_GUEST_RETENTION_MS: "1500" });
    try {
      const room = newRoom();
      const member = await TestClient.join(own.url, room, { user: "member", sessionId: "a" });
      const guest = await TestClient.join(own.url, room, { user: "guest", sessionId: "b", guest: true });
      await member.untilStatus("guest", "online");
      await signOut(guest);
      await member.until(() => member.user("guest") === undefined, "the guest to be forgotten");
      const last = await TestClient.join(own.url, room, { user: "last", sessionId: "c", guest: true });
      await signOut(member);
      await signOut(last);
      // Nobody is there to be told, and nothing is asked of the room: its alarm alone wakes it.
      await expect.poll(() => listed(own.url, room), { timeout: 15_000 }).toMatchObject([{ users: 1 }]);
      expect((await ask(own.url, room, "/users/member")).status).toBe(200);
      expect((await ask(own.url, room, "/users/last")).status).toBe(404);
    } finally {
      await own.dispose();
    }
  });

  test("[HB4] an empty room has no alarm except for its retention", async () => {
    const own = await serverFixture();
    onTestFinished(() => own.dispose());
    const room = newRoom();
    await signOut(await TestClient.join(own.url, room, { user: "ada", sessionId: "a", guest: true }));
    await signOut(await TestClient.join(own.url, room, { user: "ben", guest: true }));
    // It is answered once everything is written.
    expect((await ask(own.url, room, "/users/ben", { method: "DELETE" })).status).toBe(200);
    const leftAt = Date.now();
    const due = async () => (await json(own.url, room, "/summary")).alarmAt - leftAt;
    await expect.poll(due).toBeGreaterThan(23 * HOUR_MS);
    expect(await due()).toBeLessThan(26 * HOUR_MS);
    // A room that wakes without anybody sets no earlier one.
    await own.deploy();
    await expect.poll(due).toBeGreaterThan(23 * HOUR_MS);
  });
});

test("[SE4] a room knows a limited number of users, and always admits known ones", async () => {
  const own = await serverFixture({ ROLLCALL_MAX_USERS_PER_ROOM: "2" });
  try {
    const room = newRoom();
    const ada = await TestClient.join(own.url, room, { user: "ada", sessionId: "a" });
    await signOut(await TestClient.join(own.url, room, { user: "ben", sessionId: "b" }));
    const cleo = await TestClient.open(own.url, room, { user: "cleo" });
    expect((await cleo.closed).code).toBe(CLOSE.tooManyUsers);
    const back = await TestClient.join(own.url, room, { user: "ben", sessionId: "c" });
    expect((await json(own.url, room, "/stats")).stats.closes[CLOSE.tooManyUsers]).toBe(1);
    await ask(own.url, room, "/users/ben", { method: "DELETE" });
    const now = await TestClient.join(own.url, room, { user: "cleo" });
    await Promise.all([ada.leave(), now.leave()]);
    await back.closed;
  } finally {
    await own.dispose();
  }
});

test("[DB5] a user who changes all the time does not fill the history, and it stays correct, also after a restart", async () => {
  const own = await serverFixture({ ROLLCALL_IDLE_AFTER_MS: "300000" });
  onTestFinished(() => own.dispose());
  const room = newRoom();
  const watcher = await TestClient.join(own.url, room, { user: "watcher" });
  const ada = await TestClient.join(own.url, room, { user: "ada" });
  const from = Date.now() - 60_000;
  const TOGGLES = 160;
  for (let request = 1; request <= TOGGLES; request += 1) {
    const told = ada.of("choices").length;
    ada.send({ type: "choose", request, availability: request % 2 === 1 ? "away" : "auto" });
    await ada.until(() => ada.of("choices").length > told, "the answer");
    // No faster than the limit on messages lets anybody be.
    await new Promise((resolve) => setTimeout(resolve, 105));
  }
  await watcher.untilEcho();
  const { user } = await json(own.url, room, "/users/ada");
  expect(user.status).toBe("online");
  const { changes } = await json(own.url, room, `/users/ada/history?from=${from}`);
  expect(changes.length).toBeLessThan(70);
  expect(changes.at(-1)).toMatchObject({ status: "online" });
  const merged = changes.flatMap((change: { merged?: number }) => change.merged ?? []);
  expect(merged).toHaveLength(1);
  const single = changes.findIndex((change: { merged?: number }) => change.merged !== undefined);
  expect(single + merged[0]).toBe(TOGGLES + 1);
  for (const [i, change] of changes.entries()) if (i > 0) expect(change.was).toBe(changes[i - 1].status);

  // It holds through a restart: neither is the budget new, nor is the merge lost.
  await own.deploy();
  const back = await TestClient.join(own.url, room, { user: "ada" });
  back.send({ type: "choose", request: 1, availability: "away" });
  await back.until(() => back.of("choices").length > 0, "the answer");
  const after = (await json(own.url, room, `/users/ada/history?from=${from}`)).changes;
  expect(after.at(-1)).toMatchObject({ status: "away" });
  expect(after.length).toBeLessThan(70);
  expect((await ask(own.url, room, "/users/ada", { method: "DELETE" })).status).toBe(200);
  expect((await ask(own.url, room, "/users/ada/history")).status).toBe(404);
  // The counts over time have followed her out: at most the watcher is left, whose grace may still run.
  const { points } = await json(
    own.url,
    room,
    `/history?step=1000&from=${Date.now() - 2_000}&to=${Date.now() + 1}`,
  );
  expect(points.at(-1)).toMatchObject({ away: 0 });
  expect([0, 1]).toContain(points.at(-1).online);
}, 90_000);
