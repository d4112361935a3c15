import { afterEach, beforeEach, expect, test } from "vitest";

import { freePort } from "../scripts/ports.mjs";
import { startRoomServer } from "../scripts/room-server.mjs";
import { serverFixture, type ServerFixture } from "../server/testing/server-fixture";
import { ask, newRoom, TEST_SECRETS, TestClient } from "../server/testing/test-client";
import { Bucket } from "./testing/bucket";

const CLUSTER = {
  ROLLCALL_CLUSTER_BUCKET: "s3://bucket/rooms",
  ROLLCALL_CLUSTER_KEY: "the-key-of-the-instances-0123456789",
  // An instance that ends without a word holds its rooms for 20 s.
  ROLLCALL_RESTART_GRACE_MS: "40000",
};
const KEY = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };
/** Longer than the lease of an instance that was killed. */
const TAKEOVER = { timeout: 40_000, interval: 500 };

let bucket: Bucket;
let instances: ServerFixture[] = [];

const start = async () => {
  const address = `127.0.0.1:${await freePort()}`;
  return serverFixture({ ...CLUSTER, ROLLCALL_CLUSTER_ADDRESS: address }, { engine: "workerd" });
};

beforeEach(async () => {
  bucket = await Bucket.open();
  Object.assign(process.env, bucket.env);
  instances = [await start(), await start()];
});
afterEach(async () => {
  await Promise.all(instances.map((instance) => instance.dispose()));
  for (const name of Object.keys(bucket.env)) delete process.env[name];
  bucket.close();
});

test("[SY1] people who arrive at different instances see each other, and each instance lists and answers for all rooms", async () => {
  const [first, second] = instances as [ServerFixture, ServerFixture];
  const rooms = Array.from({ length: 6 }, newRoom);
  for (const [index, room] of rooms.entries()) {
    const [here, there] = index % 2 === 0 ? [first, second] : [second, first];
    const ada = await TestClient.join(here.url, room, { user: "ada" });
    const ben = await TestClient.join(there.url, room, { user: "ben" });
    await Promise.all([ada.untilStatus("ben", "online"), ben.untilStatus("ada", "online")]);
  }
  for (const { url } of instances) {
    const { rooms: listed } = await (
      await fetch(`${url}/parties/directory/main/rooms`, { headers: KEY })
    ).json();
    expect(listed.map(({ room }: { room: string }) => room).toSorted()).toEqual(rooms.toSorted());
    for (const { answers, online } of listed) expect([answers, online]).toEqual([true, 2]);
    for (const room of rooms)
      expect(await (await ask(url, room, "/users")).json()).toMatchObject({ total: 2 });
  }
});

test("[GR3] an instance that is told to end hands its rooms over, and nobody is shown offline", async () => {
  const [first, second] = instances as [ServerFixture, ServerFixture];
  const room = newRoom();
  const ada = await TestClient.join(first.url, room, { user: "ada" });
  const ben = await TestClient.join(second.url, room, { user: "ben" });
  await ben.untilStatus("ada", "online");
  const ending = first.dispose();
  // The room was where its first member arrived.
  await Promise.all([ada.closed, ben.closed]);
  const again = await TestClient.join(second.url, room, { user: "ben" });
  expect(again.user("ada")).toMatchObject({ status: "online" });
  const back = await TestClient.join(second.url, room, { user: "ada" });
  await ending;
  expect(await (await ask(second.url, room, "/users/ada")).json()).toMatchObject({
    user: { status: "online", connections: [{}] },
  });
  expect(again.statusesOf("ada")).toEqual(["online"]);
  expect(back.statusesOf("ben")).toEqual(["online"]);
  instances = [second];
});

test("[GR3] [DB2] after kill -9 of an instance its users return within the restart's grace, and the others were last seen before it", async () => {
  const [first, second] = instances as [ServerFixture, ServerFixture];
  const room = newRoom();
  const ada = await TestClient.join(first.url, room, { user: "ada" });
  const ben = await TestClient.join(second.url, room, { user: "ben" });
  const lost = await TestClient.join(second.url, room, { user: "lost" });
  await ben.untilStatus("lost", "online");
  // Two rounds of heartbeats, so that the proof is not just the connecting.
  await ada.until(() => ada.messages.filter(({ type }) => type === "ping").length >= 2, "two rounds");
  const killedAt = Date.now();
  await first.kill();
  await lost.closed;

  await expect.poll(async () => (await ask(second.url, room, "/summary")).status, TAKEOVER).toBe(200);
  const again = await TestClient.join(second.url, room, { user: "ben" });
  expect(again.user("ada")).toMatchObject({ status: "online" });
  await TestClient.join(second.url, room, { user: "ada" });
  await expect.poll(() => again.user("lost")?.status, { ...TAKEOVER, timeout: 60_000 }).toBe("offline");
  expect(again.statusesOf("ada")).toEqual(["online"]);
  const { lastSeenAt } = again.user("lost") as { lastSeenAt: number };
  expect(lastSeenAt).toBeLessThanOrEqual(killedAt);
  expect(lastSeenAt).toBeGreaterThan(killedAt - 5_000);
}, 180_000);

test("settings of a cluster that cannot work, and a bucket that refuses, stop the start with the reason", async () => {
  const starting = (env: Record<string, string>) =>
    startRoomServer({
      engine: "workerd",
      stateDir: `${instances[0]!.stateDir}-refused`,
      env: { ...TEST_SECRETS, ...CLUSTER, ROLLCALL_CLUSTER_ADDRESS: "127.0.0.1:0", ...env },
    });
  await expect(starting({ ROLLCALL_CLUSTER_BUCKET: "bucket" })).rejects.toThrow(
    /^ROLLCALL_CLUSTER_BUCKET must be/,
  );
  await expect(starting({ ROLLCALL_CLUSTER_KEY: "short" })).rejects.toThrow(
    /^ROLLCALL_CLUSTER_KEY must have/,
  );
  await expect(starting({ ROLLCALL_CLUSTER_ADDRESS: "here" })).rejects.toThrow(
    /^ROLLCALL_CLUSTER_ADDRESS must be/,
  );
  bucket.refusesWith = 403;
  await expect(starting({})).rejects.toThrow(/bucket/i);
});
