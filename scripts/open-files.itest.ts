import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { ENGINE } from "../server/testing/server-fixture";
import { newRoom, SHORT_TIMINGS, TestClient, TEST_SECRETS } from "../server/testing/test-client";
import { freePort } from "./ports.mjs";
import { Command } from "./testing-command";

const OPEN_FILES = 256;

let dir: string;
let url: string;
let rooms: Command;
const idle: Socket[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-open-files-"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  rooms = new Command(
    "rooms.mjs",
    {
      ...TEST_SECRETS,
      ...SHORT_TIMINGS,
      ROLLCALL_ENGINE: ENGINE,
      // On a busy machine nobody is to be taken for dead who is not.
      ROLLCALL_MISSES: "30",
      ROLLCALL_IDLE_AFTER_MS: "600000",
      ROLLCALL_STATE_DIR: dir,
      ROLLCALL_PARTY_PORT: String(port),
    },
    { prelude: `ulimit -n ${OPEN_FILES}` },
  );
  await rooms.prints("The room server is at ");
});
afterEach(async () => {
  for (const socket of idle.splice(0)) socket.destroy();
  await rooms.end();
  await rm(dir, { recursive: true, force: true });
});

/**
 * Opens silent connections until the server refuses newcomers. It counts its files only from time to time, so it also
 * refuses some that it could carry, and takes others later.
 */
async function fillServer(): Promise<void> {
  const openSome = async () => {
    for (let opened = 0; opened < 40; opened++) {
      const socket = connect(Number(new URL(url).port), "127.0.0.1")
        .on("error", () => {})
        .resume();
      idle.push(socket);
      await once(socket, "connect");
    }
    // By a connection of its own: one that was admitted before would go on being served.
    return (await fetch(`${url}/health`, { headers: { connection: "close" } })).status;
  };
  // Refused twice: a count of the files in between changes nothing.
  await expect.poll(openSome, { timeout: 20_000 }).toBe(503);
  await expect.poll(openSome, { timeout: 20_000, interval: 1_100 }).toBe(503);
}

const join = async (user: string, room: string) => TestClient.join(url, room, { user });
const isOpen = ({ socket }: TestClient) => socket.readyState === socket.OPEN;

test("[OP4] idle connections beyond the limit of open files are refused, and disconnect nobody", async () => {
  const workerd = rooms.workerdPid();
  const room = newRoom();
  const members: TestClient[] = [];
  for (let member = 0; member < 40; member++) members.push(await join(`member-${member}`, room));
  await fillServer();

  expect(idle.some((socket) => socket.readyState !== "open")).toBe(true);
  await Promise.all(members.map(async (member) => member.untilEcho()));
  expect(members.every(isOpen)).toBe(true);
  expect(members[0]?.user("member-39")?.status).toBe("online");

  for (const socket of idle.splice(0)) socket.destroy();
  await expect.poll(async () => (await fetch(`${url}/health`)).status, { timeout: 20_000 }).toBe(200);
  members.push(await join("newcomer", room));
  expect(rooms.workerdPid()).toBe(workerd);
  expect(rooms.output).toMatch(
    /The limit of open files is 256: it permits \d+ connections, fewer than the 20000/,
  );
  expect(rooms.output).toContain("Newcomers are refused");
  await Promise.all(members.map(async (member) => member.leave()));
});

test.runIf(process.platform === "linux")(
  "[OP4] storage has descriptors, however many connect: users in separate rooms can store their choices",
  async () => {
    const workerd = rooms.workerdPid();
    const inside: TestClient[] = [];
    for (let person = 0; person < 120; person++) {
      const client = await TestClient.open(url, newRoom(), { user: `person-${person}` });
      if (isOpen(client)) inside.push(client);
    }
    expect(inside.length).toBeGreaterThan(20);
    expect(inside.length).toBeLessThan(120);
    for (const client of inside) client.send({ type: "choose", request: 1, availability: "dnd" });
    await Promise.all(
      inside.map(async (client) => client.until(() => client.of("choices").length > 0, "the answer")),
    );
    const open = await readdir(`/proc/${workerd}/fd`);
    expect(open.length).toBeLessThan(OPEN_FILES);
    expect(inside.every(isOpen)).toBe(true);
    expect(rooms.workerdPid()).toBe(workerd);
    expect(rooms.output).not.toMatch(/Too many open files|SQLITE|unable to open/i);
    for (const client of inside) client.socket.terminate();
  },
);
