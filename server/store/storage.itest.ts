import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { prepareObjectFiles } from "../../scripts/object-files.mjs";
import { LOG_EVENTS, type LogEntry } from "../log";
import { objectId, OBJECTS_DIR } from "./object-id.mjs";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { fileOf as fileIn } from "../testing/stored";
import { smallDisk, type SmallDisk } from "../testing/small-disk";
import { newRoom, TEST_SECRETS, TestClient } from "../testing/test-client";

const KEY = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };
const WAIT = { timeout: 20_000, interval: 100 };
/** A busy machine holds up these clients for seconds, and no test here is about how soon that is noticed. */
const PATIENT = {
  ROLLCALL_INTERVAL_MS: "2000",
  ROLLCALL_RETRY_MS: "1900",
  ROLLCALL_RESTART_GRACE_MS: "60000",
  ROLLCALL_IDLE_AFTER_MS: "15000",
};

let server: ServerFixture | undefined;
let disk: SmallDisk | undefined;

afterEach(async () => {
  await server?.dispose();
  disk?.unmount();
  server = disk = undefined;
});

const ask = (room: string, address: string, method = "GET") =>
  fetch(`${server!.url}/parties/main/${room}${address}`, { method, headers: KEY });
const ready = () => fetch(`${server!.url}/ready`);

const fileOf = (room: string) => fileIn(server!.stateDir, room);

describe("a full disk", () => {
  test("[OP3] a room continues in memory, keeps its sockets, admits newcomers, reports it, and writes its data later", async () => {
    disk = smallDisk("6m");
    server = await serverFixture(PATIENT, { stateDir: disk.dir });
    const room = newRoom();
    const crowd = await Promise.all(
      Array.from({ length: 30 }, (_, i) => TestClient.join(server!.url, room, { user: `user-${i}` })),
    );
    let closed = 0;
    for (const each of crowd) void each.closed.then(() => (closed += 1));
    const [ada, ben] = crowd as [TestClient, TestClient];
    expect((await ready()).status).toBe(200);

    disk.fill();
    const message = { emoji: null, text: "written once there is space", untilAt: null };
    ada.send({ type: "choose", request: 1, message });
    ben.send({ type: "signOut" });
    await ada.untilStatus("user-1", "offline");
    await expect.poll(async () => (await ready()).status, WAIT).toBe(503);
    const told = await (await ready()).json();
    expect(told).toMatchObject({ status: 503, title: "Service Unavailable" });
    expect(told.detail).toMatch(/storage.*(full|damaged)/);
    expect(told.detail).not.toContain(room);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);

    // Long enough for several heartbeats and attempts to write.
    await TestClient.join(server.url, room, { user: "newcomer" });
    await ada.untilStatus("newcomer", "online");
    const elsewhere = await TestClient.join(server.url, newRoom(), { user: "ada" });
    expect(elsewhere.user("ada")?.status).toBe("online");
    await ada.until(() => ada.messages.filter(({ type }) => type === "ping").length >= 4, "heartbeats");
    expect(closed).toBe(1);

    const { storageFault } = await (await ask(room, "/summary")).json();
    expect(storageFault).toMatchObject({ unread: false });
    expect(storageFault.unwritten).toBeGreaterThan(0);
    const metrics = await (await fetch(`${server.url}/metrics`, { headers: KEY })).text();
    expect(metrics).toContain(`rollcall_storage_failing{room="${room}"} 1`);
    const erased = await ask(room, "/users/user-29", "DELETE");
    expect(erased.status).toBe(503);
    // Its object ends with each write that fails, so it may be unreadable for a moment.
    expect((await erased.json()).detail).toMatch(/storage cannot be (read|written) now/);

    disk.free();
    await expect.poll(async () => (await ready()).status, WAIT).toBe(200);
    await expect.poll(async () => (await (await ask(room, "/summary")).json()).storageFault, WAIT).toBeNull();
    await server.crash();
    const back = await TestClient.join(server.url, room, { user: "back" });
    expect(back.user("user-0")).toMatchObject({ status: "online", message: { text: message.text } });
    expect(back.user("user-1")?.status).toBe("offline");
    expect(back.user("user-29")).toBeUndefined();
    expect(back.user("newcomer")?.status).toBe("online");
    const { changes } = await (await ask(room, "/users/user-1/history")).json();
    expect(changes.at(-1)).toMatchObject({ was: "online", status: "offline" });
  }, 120_000);

  test("[OP3] a room whose data cannot be read starts without it, and adopts it later", async () => {
    disk = smallDisk("6m");
    server = await serverFixture(PATIENT, { stateDir: disk.dir });
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    const ben = await TestClient.join(server.url, room, { user: "ben" });
    const message = { emoji: null, text: "before", untilAt: null };
    ada.send({ type: "choose", request: 1, message });
    await ben.until(() => ben.user("ada")?.message?.text === "before", "the message");
    ben.send({ type: "signOut" });
    await ada.untilStatus("ben", "offline");
    // What is erased is answered once it is written, and with it all that was to be written before.
    await (await TestClient.join(server.url, room, { user: "passer-by" })).leave();
    expect((await ask(room, "/users/passer-by", "DELETE")).status).toBe(200);
    await server.kill();
    // As in a backup. To open the file the runtime has to make it anew, for which there is no space.
    const shared = `${await fileOf(room)}-shm`;
    await rm(shared);
    await server.restart();
    disk.fill();
    const first = await TestClient.join(server.url, room, { user: "ada", clientId: "ada" });
    const eve = await TestClient.join(server.url, room, { user: "eve" });
    expect(first.user("ben")).toBeUndefined();
    expect((await (await ask(room, "/summary")).json()).storageFault).toMatchObject({ unread: true });
    const past = await ask(room, "/history");
    expect([past.status, (await past.json()).detail]).toEqual([503, expect.stringContaining("storage")]);

    disk.free();
    await first.until(() => first.user("ben") !== undefined, "the past");
    expect(first.user("ben")?.status).toBe("offline");
    await eve.until(() => eve.user("ada")?.message?.text === "before", "what ada chose");
    expect(eve.statusesOf("ada")).toEqual(["online"]);
    await expect.poll(async () => (await (await ask(room, "/summary")).json()).storageFault, WAIT).toBeNull();
  }, 120_000);
});

/** What can befall a room's file, and whether it is the log beside it that counts: a room at rest has none. */
const DAMAGES: readonly (readonly [
  kind: string,
  hasLog: boolean,
  damage: (file: string) => Promise<unknown>,
])[] = [
  ["a random header", false, (file) => overwrite(file, 0, 100)],
  ["garbage in the middle", false, (file) => overwrite(file, 4_096, 4_096)],
  ["garbage all through", false, async (file) => overwrite(file, 0, readFileSync(file).length)],
  ["nothing left", false, (file) => truncate(file, 0)],
  ["a part of it", false, (file) => truncate(file, 6_000)],
  ["text instead", false, (file) => writeFile(file, "not a database\n".repeat(1_000))],
  ["a directory instead", false, (file) => rm(file).then(() => mkdir(file))],
  ["a log without its file", true, (file) => truncate(file, 0)],
  ["no log", true, (file) => rm(`${file}-wal`)],
];

// Not a part of any other word.
const ADA = "ada.lovelace";

test("[OP3] a damaged file costs its room only the stored data, and the log names the room and the file, and no user", async () => {
  server = await serverFixture(PATIENT);
  const rooms = DAMAGES.map(() => newRoom());
  const sound = newRoom();
  for (const room of [...rooms, sound]) {
    const gone = await TestClient.join(server.url, room, { user: "gone" });
    gone.send({ type: "signOut" });
    await gone.closed;
  }
  // The runtime closes the file of a room at rest, and what was in the log is in the file then.
  for (const room of rooms) {
    const file = await fileOf(room);
    await expect.poll(() => existsSync(`${file}-wal`), { timeout: 60_000, interval: 500 }).toBe(false);
  }
  for (const [index, [, hasLog]] of DAMAGES.entries())
    if (hasLog) await TestClient.join(server.url, rooms[index]!, { user: "late" });
  await server.kill();
  const lost = new Map<string, Buffer | null>();
  for (const [index, [, , damage]] of DAMAGES.entries()) {
    const file = await fileOf(rooms[index]!);
    await damage(file);
    lost.set(file, statSync(file).isFile() ? readFileSync(file) : null);
  }
  await server.restart();

  const inSound = await TestClient.join(server.url, sound, { user: ADA });
  expect(inSound.user("gone")?.status).toBe("offline");
  for (const [index, [kind]] of DAMAGES.entries()) {
    const room = rooms[index]!;
    const file = await fileOf(room);
    const ada = await TestClient.join(server.url, room, { user: ADA });
    const ben = await TestClient.join(server.url, room, { user: "ben" });
    await ada.untilStatus("ben", "online");
    if (kind !== "no log") {
      expect([kind, ada.user("gone")]).toEqual([kind, undefined]);
      const named = () =>
        server!.output.some((line) => line.includes(room) && line.includes(path.basename(file)));
      await expect.poll(named, { ...WAIT, message: kind }).toBe(true);
    }
    ben.send({ type: "signOut" });
    await ada.untilStatus("ben", "offline");
    const fault = async () => (await (await ask(room, "/summary")).json()).storageFault;
    await expect.poll(fault, { ...WAIT, message: kind }).toBeNull();
  }
  expect((await ready()).status).toBe(200);
  const set = server.output.filter((line) => line.includes("it is damaged")).join("\n");
  for (const [file, bytes] of lost)
    if (bytes && set.includes(path.basename(file))) expect(readFileSync(file).equals(bytes)).toBe(true);
  const list = await fetch(`${server.url}/parties/directory/main/rooms`, { headers: KEY });
  const known = (await list.json()).rooms.map((each: { room: string }) => each.room);
  expect(known.toSorted()).toEqual([...rooms, sound].toSorted());

  const entries = server.output.flatMap((line) => (line.startsWith('{"level"') ? [JSON.parse(line)] : []));
  expect(entries.filter(({ event }) => event === "file-damaged").length).toBeGreaterThan(1);
  for (const { level, event } of entries)
    expect([event, LOG_EVENTS[event as LogEntry["event"]]]).toEqual([event, level]);
  expect(server.output.join("\n")).not.toContain(ADA);

  await server.crash();
  for (const [index, [kind]] of DAMAGES.entries()) {
    const again = await TestClient.join(server.url, rooms[index]!, { user: "eve" });
    expect([kind, again.user(ADA)?.status]).toEqual([kind, "online"]);
    expect(again.user("ben")?.status).toBe("offline");
  }
}, 180_000);

async function overwrite(file: string, from: number, length: number): Promise<void> {
  const handle = await open(file, "r+");
  await handle.write(Buffer.alloc(length, "garbage"), 0, length, from);
  await handle.close();
}

describe("a room that ends alone", () => {
  test("[GR3] its users get the restart's grace, and other rooms continue", async () => {
    server = await serverFixture({}, { root: fileURLToPath(new URL("../testing/mortal", import.meta.url)) });
    const [room, other] = [newRoom(), newRoom()];
    const witness = await TestClient.join(server.url, other, { user: "witness" });
    const stays = await TestClient.join(server.url, room, { user: "stays", clientId: "stays" });
    const lost = await TestClient.join(server.url, room, { user: "lost" });
    await stays.until(() => stays.messages.filter(({ type }) => type === "ping").length >= 2, "two rounds");
    const diedAt = Date.now();
    await ask(room, "/die");
    await Promise.all([stays.closed, lost.closed]);
    const watcher = await TestClient.join(server.url, room, { user: "watcher" });
    expect(watcher.user("stays")?.status).toBe("online");
    expect(watcher.user("lost")?.status).toBe("online");
    const { user } = await (await ask(room, "/users/lost")).json();
    expect(user.reason).toMatchObject({ kind: "grace", cause: "restart" });
    await TestClient.join(server.url, room, { user: "stays", clientId: "stays" });
    await watcher.untilStatus("lost", "offline");
    expect(watcher.statusesOf("stays")).toEqual(["online"]);
    // restartGraceMs, and not graceMs, of these tests.
    expect(watcher.user("lost")!.sinceAt! - diedAt).toBeGreaterThanOrEqual(3_000);
    expect(watcher.user("lost")!.lastSeenAt).toBeLessThanOrEqual(diedAt);
    const { gaps } = await (await ask(room, "/history")).json();
    expect(gaps).toHaveLength(1);
    expect(witness.statusesOf("witness")).toEqual(["online"]);
  }, 60_000);
});

describe("files of an earlier version", () => {
  test("[DB1] move to the objects that own them now, and nothing is lost at a second start", async () => {
    server = await serverFixture();
    const room = newRoom();
    const gone = await TestClient.join(server.url, room, { user: "gone" });
    await gone.leave();
    await expect
      .poll(async () => (await (await ask(room, "/users/gone")).json()).user.status, WAIT)
      .toBe("offline");
    await server.kill();
    // Before, the room itself had the file.
    const objects = path.join(server.stateDir, OBJECTS_DIR);
    const now = await fileOf(room);
    const own = path.join(objects, "-PartyKitDurable");
    await Promise.all(
      ["-PartyKitDurable", "-directoryDO"].map((dir) => rm(path.join(objects, dir), { recursive: true })),
    );
    const before = path.join(await mkdtemp(path.join(tmpdir(), "rollcall-")), "own");
    await rename(path.dirname(now), before);
    const roomFile = `${await objectId("-PartyKitDurable", room)}.sqlite`;
    for (const file of await readdir(before))
      if (file.startsWith(path.basename(now)))
        await rename(path.join(before, file), path.join(before, file.replace(path.basename(now), roomFile)));
      else await rm(path.join(before, file));
    await rename(before, own);
    await prepareObjectFiles(server.stateDir, path.join(tmpdir(), "nowhere", "rollcall-"));
    expect(existsSync(now)).toBe(true);
    await server.restart();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    expect(ada.user("gone")?.status).toBe("offline");
  }, 60_000);
});
