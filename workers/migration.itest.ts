import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

import { until } from "../scripts/ports.mjs";
import { serverFixture, type ServerFixture } from "../server/testing/server-fixture";
import { ask, newRoom, TEST_SECRETS, TestClient } from "../server/testing/test-client";

const KEY = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A receiver of webhooks. It fails until `accept` is called. */
async function receiver() {
  const ids: string[] = [];
  let status = 500;
  const http = createServer((request: IncomingMessage, response) => {
    request.resume().on("end", () => {
      ids.push(String(request.headers["webhook-id"]));
      response.writeHead(status).end();
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  cleanups.push(() => http.close());
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  return { url, ids, accept: () => void (status = 204) };
}

const answer = async (url: string) => (await fetch(url, { headers: KEY })).json();

/** Everything that is stored of some rooms, as the API tells it. */
async function everything(server: ServerFixture, rooms: readonly string[]) {
  const directory = `${server.url}/parties/directory/main`;
  const { rooms: listed } = await answer(`${directory}/rooms`);
  return {
    listed: listed.map(({ room }: { room: string }) => room).toSorted(),
    ended: await answer(`${directory}/ended-sign-ins?ids=a-sign-in,another`),
    rooms: await Promise.all(
      rooms.map(async (room) => {
        const { users } = await (await ask(server.url, room, "/users")).json();
        const histories = users.map(async ({ id }: { id: string }) => {
          const { changes, gaps } = await (await ask(server.url, room, `/users/${id}/history`)).json();
          return { changes, gaps };
        });
        return { users, histories: await Promise.all(histories) };
      }),
    ),
  };
}

test("[DB1] [DB3] workerd opens what PartyKit has written: rooms, users, choices, history, ended sign-ins and pending webhooks", async () => {
  const stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-migration-"));
  cleanups.push(() => rm(stateDir, { recursive: true }));
  const hook = await receiver();
  const settings = {
    ROLLCALL_WEBHOOK_URL: hook.url,
    ROLLCALL_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
  };
  let server = await serverFixture(settings, { stateDir, engine: "partykit" });
  cleanups.push(() => server.dispose());

  const rooms = [newRoom(), newRoom(), newRoom()];
  for (const room of rooms) {
    const ada = await TestClient.join(server.url, room, { user: "ada", name: "Ada Lovelace" });
    const ben = await TestClient.join(server.url, room, { user: "ben", role: "admin" });
    const cleo = await TestClient.join(server.url, room, { user: "cleo" });
    const message = { emoji: "🎧", text: "deep in work", untilAt: Date.now() + 3_600_000 };
    ada.send({ type: "choose", request: 1, message });
    cleo.send({ type: "signOut" });
    await ada.untilStatus("cleo", "offline");
    await expect.poll(() => ben.user("ada")?.message?.text).toBe("deep in work");
    ada.send({ type: "signOut" });
    await ben.untilStatus("ada", "offline");
    ben.send({ type: "signOut" });
    await ben.closed;
  }
  const ending = `/ended-sign-ins/a-sign-in?until=${Date.now() + 3_600_000}`;
  const ended = await fetch(`${server.url}/parties/directory/main${ending}`, { method: "PUT", headers: KEY });
  expect(ended.ok).toBe(true);
  expect(await until(() => hook.ids.length >= rooms.length, 10_000)).toBe(true);
  await expect
    .poll(async () => (await everything(server, rooms)).rooms.flatMap(({ users }) => users))
    .toSatisfy((users: { status: string }[]) => users.every(({ status }) => status === "offline"));
  const before = await everything(server, rooms);
  expect(before.listed).toEqual(rooms.toSorted());
  expect(before.ended.ended).toEqual(["a-sign-in"]);
  expect(before.rooms.map(({ users }) => users.length)).toEqual([3, 3, 3]);

  await server.dispose();
  const failed = new Set(hook.ids.splice(0));
  hook.accept();
  server = await serverFixture(settings, { stateDir, engine: "workerd" });
  expect(await everything(server, rooms)).toEqual(before);
  // The same messages are delivered now, with the ids of their first attempts.
  const redelivered = () => new Set(hook.ids.filter((id) => failed.has(id))).size;
  expect(await until(() => redelivered() === failed.size, 30_000)).toBe(true);

  await expect(serverFixture(settings, { stateDir, engine: "partykit" })).rejects.toThrow(
    /is in use by process/,
  );
  await server.dispose();
  await expect(serverFixture(settings, { stateDir, engine: "partykit" })).rejects.toThrow(
    /was written by workerd 1\.2026\d+\.\d+, and this is 1\.2024\d+\.\d+, which cannot read it/,
  );
  server = await serverFixture(settings, { stateDir, engine: "workerd" });

  const returned = await TestClient.join(server.url, rooms[0]!, { user: "dan" });
  expect(returned.user("ada")).toMatchObject({ name: "Ada Lovelace", status: "offline" });
});
