import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { helloParams } from "../core/hello";
import { serverFixture, type ServerFixture } from "./testing/server-fixture";
import { ACTIVE, newRoom, signToken, TestClient } from "./testing/test-client";

const FLOOD = fileURLToPath(new URL("testing/flood.mjs", import.meta.url));
const FLOOD_MS = 4_000;
/** As long as a client waits for the echo of its probe before it gives the server up (HB6). */
const PROBE_MS = 2_000;

let server: ServerFixture;

beforeAll(async () => {
  server = await serverFixture();
});
afterAll(() => server.dispose());

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The address of a socket's handshake in a room. */
function handshake(room: string, token: string): string {
  const hello = { clientId: "flood", activity: ACTIVE, observe: false };
  return `/parties/main/${room}?${new URLSearchParams({ token, ...helloParams(hello) })}`;
}

/** Floods the server for some seconds; the others must not notice more than that it is busy. */
async function flood(kind: string, path: string, connections = 1): Promise<void> {
  const options = JSON.stringify({ url: server.url, kind, path, connections });
  const flooder = spawn(process.execPath, [FLOOD, options], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await once(flooder.stdout, "data");
    await sleep(FLOOD_MS);
  } finally {
    flooder.stdin.end();
    await once(flooder, "exit");
  }
}

const MEMBERS = ["ada", "ben", "cleo", "dora", "emil"];

test.each([
  ["pipelines requests that need no token", "requests", () => "/health"],
  ["pipelines requests that are refused", "requests", (room: string) => `/parties/main/${room}/users`],
  ["sends pings on a socket that was refused", "pings", (room: string) => handshake(room, "forged")],
  ["sends pongs on a socket that was refused", "pongs", (room: string) => handshake(room, "forged")],
  ["sends text on a socket that was refused", "texts", (room: string) => handshake(room, "forged")],
  ["sends headers without end", "headers", () => "/health"],
  ["sends a body without end", "chunks", () => "/health"],
])(
  "[SE4 HB2 HB6] somebody without a token who %s disconnects nobody, and probes are answered",
  async (_, kind, path) => {
    const room = newRoom();
    const members = await Promise.all(MEMBERS.map((user) => TestClient.join(server.url, room, { user })));
    const flooding = flood(kind, path(room), 3);
    await keepsAnswering(members, flooding);
  },
);

test.each([
  ["sends pings", "pings"],
  ["goes on sending text after it was closed with 4429", "texts"],
  ["goes on sending binary frames after it was closed with 4400", "binaries"],
])("[SE4 HB2 HB6] a member who %s disconnects nobody else, and probes are answered", async (_, kind) => {
  const room = newRoom();
  const members = await Promise.all(MEMBERS.map((user) => TestClient.join(server.url, room, { user })));
  const flooding = flood(kind, handshake(room, await signToken({ user: "mallory" })));
  await keepsAnswering(members, flooding);
});

/** Every member's probes are answered in time for as long as the flood lasts, and nobody loses their socket. */
async function keepsAnswering(members: readonly TestClient[], flooding: Promise<void>): Promise<void> {
  let ended = false;
  const end = flooding.finally(() => (ended = true));
  const probes = members.map(async (member) => {
    let answered = 0;
    while (!ended) {
      const sentAt = performance.now();
      await member.untilEcho();
      expect(performance.now() - sentAt).toBeLessThan(PROBE_MS);
      answered += 1;
      await sleep(50);
    }
    return answered;
  });
  const answered = await Promise.all(probes);
  await end;
  // Whoever floods got no more than a share: each of the others was answered all along.
  for (const count of answered) expect(count).toBeGreaterThan(FLOOD_MS / PROBE_MS);
  for (const { socket } of members) {
    expect(socket.readyState).toBe(socket.OPEN);
    socket.terminate();
  }
}
