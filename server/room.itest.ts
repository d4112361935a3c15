import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOSE } from "../core/shared/close-codes";
import type { AdminUser } from "../core/shared/terms";
import { startRoomServer, type RoomServer } from "../scripts/room-server.mjs";
import { ask, newRoom, SHORT_TIMINGS, signToken, TEST_SECRETS, TestClient } from "./testing/test-client";

/** Since when the admin sees Ada's connection as suspect; undefined while they see no connection. */
const suspectAt = (admin: TestClient): number | null | undefined =>
  (admin.user("ada") as AdminUser | undefined)?.connections[0]?.suspectAt;

let server: RoomServer;
let stateDir: string;

beforeAll(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-"));
  server = await startRoomServer({ env: { ...TEST_SECRETS, ...SHORT_TIMINGS }, stateDir });
});

afterAll(async () => {
  await server.stop();
  await rm(stateDir, { recursive: true, force: true });
});

describe("joining", () => {
  test("[SY1] a new connection gets one sync with everybody in it", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada", name: "Ada" });
    const ben = await TestClient.join(server.url, room, { user: "ben", name: "Ben" });
    expect(ben.messages.filter(({ type }) => type === "sync")).toHaveLength(1);
    expect([...ben.roster.users.keys()].sort()).toEqual(["ada", "ben"]);
    expect(ben.roster.selfId).toBe("ben");
    await ada.untilStatus("ben", "online");
    expect(ada.messages.filter(({ type }) => type === "sync")).toHaveLength(1);
    await Promise.all([ada.leave(), ben.leave()]);
  });

  test("[SY1] [SY2] a long roster is deflated, and everybody sees everybody come and go", async () => {
    const room = newRoom();
    const names = Array.from({ length: 140 }, (_, index) => `Zoë ${index} of a long family 🦊`);
    const crowd = await Promise.all(
      names.map((name, index) => TestClient.join(server.url, room, { user: `u${index}`, name })),
    );
    await Promise.all(
      crowd.map((each) => each.until(() => each.roster.users.size === names.length, "everybody")),
    );
    const late = await TestClient.join(server.url, room, { user: "late" });
    expect(late.deflated).toBe(1);
    expect([...late.roster.users.values()].map(({ name }) => name).sort()).toEqual([...names, "late"].sort());
    for (const each of crowd.slice(70)) each.send({ type: "signOut" });
    const here = [late, ...crowd.slice(0, 70)];
    const gone = ({ roster }: TestClient) =>
      [...roster.users.values()].filter(({ status }) => status === "offline").length;
    await Promise.all(here.map((each) => each.until(() => gone(each) === 70, "half of them to be offline")));
    await Promise.all(here.map((each) => each.leave()));
  });

  test("[CN1] closing one tab of two changes nothing that others see", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const tab1 = await TestClient.join(server.url, room, { user: "ada" });
    const tab2 = await TestClient.join(server.url, room, { user: "ada" });
    await watcher.untilStatus("ada", "online");
    const seqBefore = watcher.roster.seq;
    tab1.send({ type: "leaving" });
    expect((await tab1.closed).code).toBe(CLOSE.left);
    // A third person's arrival is the event that proves that time has passed and diffs would have come.
    const late = await TestClient.join(server.url, room, { user: "late" });
    await watcher.untilStatus("late", "online");
    expect(watcher.statusesOf("ada")).toEqual(["online"]);
    expect(watcher.roster.seq).toBe(seqBefore + 1);
    await tab2.leave();
    await watcher.untilStatus("ada", "offline");
    await Promise.all([watcher.leave(), late.leave()]);
  });

  test("[CN2] a client that comes back replaces its earlier connection, and others see nothing of it", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const first = await TestClient.join(server.url, room, { user: "ada", clientId: "page-1" });
    const second = await TestClient.join(server.url, room, { user: "ada", clientId: "page-1" });
    expect((await first.closed).code).toBe(CLOSE.replaced);
    const answer = await (await ask(server.url, room, "/users/ada")).json();
    expect(answer.user.connections).toHaveLength(1);
    expect(watcher.statusesOf("ada")).toEqual(["online"]);
    await Promise.all([watcher.leave(), second.leave()]);
  });

  test("[GR1] a dropped connection is not shown if the client returns within the grace", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const ada = await TestClient.join(server.url, room, { user: "ada", clientId: "page-1" });
    ada.socket.terminate();
    const back = await TestClient.join(server.url, room, { user: "ada", clientId: "page-1" });
    back.send({ type: "leaving" });
    await watcher.untilStatus("ada", "offline");
    expect(watcher.statusesOf("ada")).toEqual(["online", "offline"]);
    await watcher.leave();
  });

  test("[GR2] signing out is immediate on every tab, and the old token is refused", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const token = await signToken({ user: "ada", sessionId: "session-1" });
    const tab1 = await TestClient.join(server.url, room, { user: "ada", token });
    const tab2 = await TestClient.join(server.url, room, { user: "ada", token });
    tab1.send({ type: "signOut" });
    expect((await tab1.closed).code).toBe(CLOSE.signedOut);
    expect((await tab2.closed).code).toBe(CLOSE.signedOut);
    await watcher.untilStatus("ada", "offline");
    const replay = await TestClient.open(server.url, room, { user: "ada", token });
    expect((await replay.closed).code).toBe(CLOSE.signedOut);
    expect(watcher.statusesOf("ada")).toEqual(["online", "offline"]);
    await watcher.leave();
  });
});

describe("activity", () => {
  test("[ST2] a hidden page becomes away on time and returns at once", async () => {
    const room = newRoom();
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    ada.activity = { idleMs: 0, hiddenMs: 0 };
    const hiddenAt = Date.now();
    ada.send({ type: "activity", ...ada.activity });
    // Pongs of a hidden page tell how long it has been hidden; here it keeps saying «just now».
    ada.answering = false;
    await watcher.untilStatus("ada", "away");
    expect(watcher.user("ada")?.sinceAt).toBeGreaterThanOrEqual(hiddenAt + 1_200);
    ada.answering = true;
    ada.activity = { idleMs: 0, hiddenMs: null };
    ada.send({ type: "activity", ...ada.activity });
    await watcher.untilStatus("ada", "online");
    await Promise.all([watcher.leave(), ada.leave()]);
  });
});

describe("admins", () => {
  test("[PR1] an observer sees devices and reasons, and is not on the roster", async () => {
    const room = newRoom();
    const chrome =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const ada = await TestClient.join(server.url, room, { user: "ada", userAgent: chrome });
    const admin = await TestClient.join(server.url, room, { user: "root", role: "admin", observe: true });
    const view = admin.user("ada") as AdminUser;
    expect(view.connections[0]?.device).toBe("Chrome on Windows");
    expect(view.reason?.kind).toBe("active");
    expect(admin.user("root")).toBeUndefined();
    expect(ada.frames.join()).not.toMatch(/Chrome on Windows|reason|connections/);
    const member = await TestClient.open(server.url, room, { user: "eve", observe: true });
    expect((await member.closed).code).toBe(CLOSE.roomRefused);
    await Promise.all([ada.leave(), admin.leave()]);
  });

  test("[HB3] after an unanswered ping admins see the connection suspect and users see no change", async () => {
    const room = newRoom();
    const admin = await TestClient.join(server.url, room, { user: "root", role: "admin", observe: true });
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    ada.answering = false;
    await admin.until(() => typeof suspectAt(admin) === "number", "suspicion");
    expect(watcher.statusesOf("ada")).toEqual(["online"]);
    ada.answering = true;
    await admin.until(() => suspectAt(admin) === null, "relief");
    expect(watcher.statusesOf("ada")).toEqual(["online"]);
    await Promise.all([admin.leave(), watcher.leave(), ada.leave()]);
  });
});
