import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, newRoom, signToken, TEST_SECRETS, TestClient } from "../testing/test-client";

let server: ServerFixture;

beforeAll(async () => {
  server = await serverFixture();
});

afterAll(() => server.dispose());

const json = async (path: string, room: string, init?: RequestInit) =>
  (await ask(server.url, room, path, init)).json();
const directory = (
  path: string,
  authorization = `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}`,
): Promise<Response> => fetch(`${server.url}/parties/directory/main${path}`, { headers: { authorization } });

describe("the roster by pages", () => {
  test("pages follow each other in order of names, whatever joins in between", async () => {
    const room = newRoom();
    const names = ["Åsa", "ben", "Cleo", "dora", "Émile"];
    const clients = await Promise.all(
      names.map((name, i) => TestClient.join(server.url, room, { user: `u${i}`, name })),
    );
    const first = await json("/users?limit=2", room);
    expect(first.users.map(({ name }: { name: string }) => name)).toEqual(["Åsa", "ben"]);
    expect(first.total).toBe(5);
    const between = await TestClient.join(server.url, room, { user: "late", name: "Anna" });
    const second = await json(`/users?limit=3&cursor=${first.nextCursor}`, room);
    expect(second.users.map(({ name }: { name: string }) => name)).toEqual(["Cleo", "dora", "Émile"]);
    expect(second.nextCursor).toBeNull();
    expect((await json("/users?q=emi", room)).users).toHaveLength(1);
    expect((await json("/users?status=offline", room)).users).toHaveLength(0);
    for (const client of [...clients, between]) client.socket.terminate();
  });

  test.each([
    ["/users?limit=0", "limit"],
    ["/users?limit=many", "limit"],
    ["/users?status=busy", "status"],
    ["/users?cursor=nonsense", "cursor"],
    [`/users?cursor=${btoa(JSON.stringify(["another-room", "a", "b"]))}`, "cursor"],
    ["/history?from=5&to=4", "from"],
    ["/history?step=0", "step"],
    ["/history?from=2020-01-01T00:00:00Z", "from"],
    ["/history?from=yesterday", "from"],
    [`/history?from=${Date.now() - 7 * 86_400_000}&step=1000`, "step"],
  ])("%s is a problem that names the field", async (path, field) => {
    const answer = await ask(server.url, newRoom(), path);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ status: 400, field });
  });
});

describe("history", () => {
  test("[DB3] status changes are kept with their instants, and counts over time are exact at each step", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const before = Date.now();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    await watcher.untilStatus("ada", "online");
    ada.send({ type: "signOut" });
    await watcher.untilStatus("ada", "offline");
    const offlineAt = watcher.user("ada")!.sinceAt!;
    const told = await json("/users/ada/history", room);
    expect(told.changes).toEqual([
      { at: expect.any(Number), was: "offline", status: "online", reason: { kind: "active" } },
      { at: offlineAt, was: "online", status: "offline", reason: { kind: "signedOut" } },
    ]);
    // Nobody knows what she was before.
    expect(told).toMatchObject({ initial: null, knownSinceAt: told.changes[0].at });
    expect(told.changes[0].at).toBeGreaterThanOrEqual(before - 5);
    const from = offlineAt - 1_000;
    const { points } = await json(`/history?from=${from}&to=${offlineAt + 1}&step=1000`, room);
    expect(points.at(-1)).toMatchObject({ at: offlineAt, online: 1, away: 0 });
    // The room began within the range, and nothing is told of the time before.
    const whole = await json(`/history?from=${offlineAt - 60_000}&to=${offlineAt + 1}&step=60000`, room);
    expect(whole.points[0].at).toBeGreaterThanOrEqual(before - 10_000);
    expect(whole.points[0]).toMatchObject({ mostOnline: 2, mostOnlineAt: told.changes[0].at });
    expect((await ask(server.url, room, "/users/nobody/history")).status).toBe(404);
    await watcher.leave();
  });

  test("[DB3] a crash leaves a gap, and not a line drawn through it", async () => {
    const own = await serverFixture({ ROLLCALL_RESTART_GRACE_MS: "1500" });
    try {
      const room = newRoom();
      const ada = await TestClient.join(own.url, room, { user: "ada" });
      await ada.until(() => ada.messages.some(({ type }) => type === "ping"), "a heartbeat");
      await own.crash();
      const watcher = await TestClient.join(own.url, room, { user: "watcher" });
      await watcher.untilStatus("ada", "offline");
      const { gaps } = await (await ask(own.url, room, "/users/ada/history")).json();
      expect(gaps).toHaveLength(1);
      expect(gaps[0].toAt).toBeGreaterThan(gaps[0].fromAt);
      const middle = Math.floor((gaps[0].fromAt + gaps[0].toAt) / 2);
      const { points } = await (
        await ask(own.url, room, `/history?from=${middle}&to=${middle + 1000}&step=1000`)
      ).json();
      expect(points[0]).toEqual({
        at: middle,
        online: null,
        away: null,
        mostOnline: null,
        mostOnlineAt: null,
      });
      await watcher.leave();
    } finally {
      await own.dispose();
    }
  });

  test("[DB3] erasing a user leaves neither them nor their name, and others are told", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    await watcher.untilStatus("ada", "online");
    expect((await ask(server.url, room, "/users/ada", { method: "DELETE" })).status).toBe(200);
    expect((await ada.closed).code).toBe(CLOSE.disconnected);
    await watcher.until(() => watcher.user("ada") === undefined, "ada to be forgotten");
    expect((await ask(server.url, room, "/users/ada")).status).toBe(404);
    const back = await TestClient.join(server.url, room, { user: "ada" });
    const { changes } = await json("/users/ada/history", room);
    expect(changes).toHaveLength(1);
    await Promise.all([watcher.leave(), back.leave()]);
  });

  test("disconnecting ends every connection at once, and the user may return", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const tabs = await Promise.all([1, 2].map(() => TestClient.join(server.url, room, { user: "ada" })));
    const answer = await json("/users/ada/connections", room, { method: "DELETE" });
    expect(answer.closed).toBe(2);
    for (const tab of tabs) expect((await tab.closed).code).toBe(CLOSE.disconnected);
    await watcher.untilStatus("ada", "offline");
    const { user } = await json("/users/ada", room);
    expect(user.reason.kind).toBe("disconnected");
    const back = await TestClient.join(server.url, room, { user: "ada" });
    await watcher.untilStatus("ada", "online");
    await Promise.all([watcher.leave(), back.leave()]);
  });

  test("[PR1] [SE5] members may neither look at history nor disconnect nor erase", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    const headers = { authorization: `Bearer ${await signToken({ user: "eve" })}` };
    for (const [path, method] of [
      ["/users/ada/history", "GET"],
      ["/history", "GET"],
      ["/stats", "GET"],
      ["/users/ada/connections", "DELETE"],
      ["/users/ada", "DELETE"],
    ] as const) {
      expect((await ask(server.url, room, path, { method, headers })).status).toBe(403);
    }
    await ada.leave();
  });
});

describe("the directory", () => {
  test("a room registers itself once and is listed with live counts", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    // Registration is under way when the sync arrives; the list itself says when it is there.
    let listed: { rooms: unknown[]; total: number };
    do listed = await (await directory(`/rooms?q=${room}`)).json();
    while (listed.total === 0);
    expect(listed.rooms).toEqual([
      expect.objectContaining({ room, answers: true, online: 1, connections: 1 }),
    ]);
    expect((await directory("/rooms", `Bearer ${await signToken({ user: "eve" })}`)).status).toBe(403);
    expect(
      (
        await directory(
          "/rooms",
          `Bearer ${await signToken({ user: "root", role: "admin", rooms: ["main"] })}`,
        )
      ).status,
    ).toBe(403);
    expect(
      (await directory("/rooms", `Bearer ${await signToken({ user: "root", role: "admin" })}`)).status,
    ).toBe(200);
    expect((await directory("/rooms?limit=0")).status).toBe(400);
    await ada.leave();
  });

  test("contains only the requested rooms", async () => {
    const [one, two, three] = [newRoom(), newRoom(), newRoom()];
    const clients = [];
    for (const room of [one, two, three])
      clients.push(await TestClient.join(server.url, room, { user: "ada" }));
    const names = async (query: string): Promise<string[]> => {
      const { total, rooms } = await (await directory(`/rooms?${query}`)).json();
      expect(rooms).toHaveLength(total);
      return rooms.map(({ room }: { room: string }) => room);
    };
    await expect.poll(() => names(`rooms=${one},${two},nobodys`)).toEqual([one, two].toSorted());
    expect(await names(`rooms=${one}&q=${one.slice(1)}`)).toEqual([one]);
    expect(await names(`rooms=${one}&q=${two.slice(1)}`)).toEqual([]);
    for (const client of clients) await client.leave();
  });

  test("[SE5] remembers which of the app's sign-ins have ended, over a restart, for who has the key", async () => {
    const id = `sign-in-${newRoom()}`;
    const path = `/ended-sign-ins/${id}?until=${Date.now() + 60_000}`;
    const put = (authorization: string) =>
      fetch(`${server.url}/parties/directory/main${path}`, { method: "PUT", headers: { authorization } });
    const root = `Bearer ${await signToken({ user: "root", role: "admin" })}`;
    expect((await put(root)).status).toBe(403);
    expect((await put("Bearer nobody")).status).toBe(401);
    expect((await directory(`/ended-sign-ins?ids=${id}`, root)).status).toBe(403);
    const ended = async (ids: string) => (await directory(`/ended-sign-ins?ids=${ids}`)).json();
    expect(await ended(id)).toEqual({ ended: [] });
    expect((await put(`Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}`)).status).toBe(200);
    expect(await ended(`other,${id}`)).toEqual({ ended: [id] });
    await server.crash();
    expect(await ended(id)).toEqual({ ended: [id] });
    expect((await directory(`/ended-sign-ins?ids=${"x,".repeat(101)}`)).status).toBe(400);
  });

  test("[HB9] /metrics tells Prometheus how long deaths went unnoticed", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const silent = await TestClient.join(server.url, room, { user: "silent", clientId: "silent-page" });
    silent.answering = false;
    await watcher.untilStatus("silent", "offline");
    const back = await TestClient.join(server.url, room, { user: "silent", clientId: "silent-page" });
    await watcher.untilStatus("silent", "online");
    const answer = await fetch(`${server.url}/metrics`, {
      headers: { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` },
    });
    expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const text = await answer.text();
    expect(text).toContain(`rollcall_unnoticed_death_seconds_count{room="${room}"} 1\n`);
    expect(text).toContain(`rollcall_false_offline_total{room="${room}"} 1\n`);
    expect(text).toMatch(new RegExp(`rollcall_users\\{room="${room}",status="online"\\} 2\n`));
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    await Promise.all([watcher.leave(), back.leave()]);
  });
});
