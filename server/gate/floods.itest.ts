import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { helloParams } from "../../core/wire/hello";
import { ENGINE, serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ACTIVE, ask, newRoom, signToken, TEST_SECRETS, TestClient } from "../testing/test-client";

const FLOOD = fileURLToPath(new URL("../testing/flood.mjs", import.meta.url));
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
  "[SE4 HB2 HB6] a client without a token that %s disconnects nobody, and probes are answered",
  async (_, kind, path) => {
    const room = newRoom();
    const members = await Promise.all(MEMBERS.map((user) => TestClient.join(server.url, room, { user })));
    const flooding = flood(kind, path(room), 3);
    await keepsAnswering(members, flooding, answeredWithin(kind));
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
  await keepsAnswering(members, flooding, answeredWithin(kind));
});

/** workerd answers pings and pongs without polling its other sockets: there the others wait until the flood ends. */
function answeredWithin(kind: string): number {
  return ENGINE === "workerd" && /^p[io]ngs$/.test(kind) ? FLOOD_MS + PROBE_MS : PROBE_MS;
}

/** Every member's probes are answered in time for as long as the flood lasts, and nobody loses their socket. */
async function keepsAnswering(
  members: readonly TestClient[],
  flooding: Promise<void>,
  within: number,
): Promise<void> {
  let ended = false;
  const end = flooding.finally(() => (ended = true));
  const probes = members.map(async (member) => {
    let answered = 0;
    while (!ended) {
      const sentAt = performance.now();
      await member.untilEcho();
      expect(performance.now() - sentAt).toBeLessThan(within);
      answered += 1;
      // Well below the rate at which the room would refuse the probes themselves.
      await sleep(150);
    }
    return answered;
  });
  const answered = await Promise.all(probes);
  await end;
  // The flood got only a share: all others were answered all the time.
  for (const count of answered) expect(count).toBeGreaterThan(FLOOD_MS / within);
  for (const { socket } of members) {
    expect(socket.readyState).toBe(socket.OPEN);
    socket.terminate();
  }
}

/** What a server sent on a TCP connection until it ended it. */
async function untilEnded(socket: net.Socket): Promise<string> {
  let received = "";
  socket.on("data", (data) => (received += data.toString("latin1")));
  socket.on("error", () => {});
  // Not `once()`, which rejects when the connection is reset: that is one way to end it.
  await new Promise((resolve) => socket.once("close", resolve));
  return received;
}

/** Opens a TCP connection and sends the head of a request. */
function request(line: string, headers: readonly string[] = []): net.Socket {
  const socket = net.connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write([`${line} HTTP/1.1`, "Host: test", ...headers, "", ""].join("\r\n"));
  return socket;
}

const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

test.each([
  ["with a forged token", CLOSE.tokenRefused, "forged"],
  ["with a token of 50,000 characters", CLOSE.tokenRefused, "x".repeat(50_000)],
])(
  "[SE4] a socket %s gets %d, and its connection ends though the client never answers",
  async (_, code, token) => {
    const socket = request(`GET ${handshake(newRoom(), token)}`, UPGRADE);
    const received = await untilEnded(socket);
    expect(received).toMatch(/^HTTP\/1.1 101 /);
    expect(received).toContain(`"code":${code}`);
    // The close frame: its opcode, and the code as its first two bytes.
    expect(received).toContain(String.fromCharCode(code >> 8, code & 0xff));
    expect(received).not.toContain("xxxx");
  },
);

test("[SE4] the party that closes refused sockets cannot be reached from outside", async () => {
  const answer = await fetch(`${server.url}/parties/refusals/main`);
  expect(answer.status).toBe(404);
  expect(
    await untilEnded(
      request("GET /parties/refusals/main", [...UPGRADE.slice(1), "Connection: Upgrade, close"]),
    ),
  ).toMatch(/^HTTP\/1.1 404 /);
});

const KEY = `Authorization: Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}`;
const HUGE = 1_000_000_000;
/** What the kernel may take on both sides of a body that nobody reads. */
const BUFFERED = 16_000_000;
const SPACES = " ".repeat(65_536);

test.each([
  ["POST /parties/main/lobby/users/query", [KEY]],
  ["POST /parties/main/lobby/users/query", []],
  ["GET /parties/main/lobby/summary", [KEY]],
  ["DELETE /parties/main/lobby/users/ada", [KEY]],
  ["GET /parties/directory/main/rooms", [KEY]],
  ["GET /health", []],
  ["PUT /nowhere", []],
])("[SE4] %s refuses a body that is announced as too long, and reads none of it", async (line, headers) => {
  const socket = request(line, [...headers, `Content-Length: ${HUGE}`]);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1.1 413 /);
  await isNotRead(socket, SPACES);
});

test.each([
  ["POST /parties/main/lobby/users/query", [KEY], 413, 7],
  ["POST /parties/main/lobby/users/query", [], 401, 0],
  ["GET /parties/main/lobby/summary", [KEY], 200, 0],
  ["POST /health", [], 405, 0],
])("[SE4] %s reads at most its limit of a body of unknown length", async (line, headers, status, chunks) => {
  const socket = request(line, [...headers, "Transfer-Encoding: chunked"]);
  const chunk = `10000\r\n${SPACES}\r\n`;
  socket.write(chunk.repeat(chunks));
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  await isNotRead(socket, chunk);
});

/** Goes on sending, and expects the connection to end before much of it has been taken. */
async function isNotRead(socket: net.Socket, data: string): Promise<void> {
  const pump = (): void => {
    while (!socket.destroyed && socket.bytesWritten < HUGE && socket.write(data));
  };
  socket.on("drain", pump);
  pump();
  await untilEnded(socket);
  expect(socket.bytesWritten - socket.writableLength).toBeLessThan(BUFFERED);
}

test("[SE4] the most allowed ids fit in a body, however long they are", async () => {
  const ids = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(128, "漢"));
  const answer = await ask(server.url, "lobby", "/users/query", {
    method: "POST",
    body: JSON.stringify({ ids }),
  });
  expect(await answer.json()).toMatchObject({ users: [], unknown: ids });
});

test.each([
  ["a query of 50,000 characters", `/users?q=${"x".repeat(50_000)}`, 200],
  ["5,000 parameters", `/users?${Array.from({ length: 5_000 }, (_, i) => `p${i}=1`).join("&")}`, 200],
  ["an id of 50,000 characters", `/users/${"x".repeat(50_000)}`, 404],
  ["a cursor of 50,000 characters", `/users?cursor=${"x".repeat(50_000)}`, 400],
  ["a list with an id of 50,000 characters", `/users?ids=${"x".repeat(50_000)}`, 400],
])("[SE4] %s is answered, and not repeated in the answer", async (_, path, status) => {
  const answer = await ask(server.url, newRoom(), path);
  expect(answer.status).toBe(status);
  expect((await answer.text()).length).toBeLessThan(1_000);
});
