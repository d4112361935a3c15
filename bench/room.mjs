// A crowd in one room: how long until everybody sees everybody, what it costs in bytes and CPU, and
// how changes are gathered (SY2). Usage: node bench/room.mjs [people=1000]
// The crowd lives in this process, on loopback; its own CPU is reported beside the server's.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SignJWT } from "jose";
import WebSocket from "ws";
import { startRoomServer } from "../scripts/room-server.mjs";

const PEOPLE = Number(process.argv[2] ?? 1_000);
const CONNECTING_AT_ONCE = 50;
const GIVE_UP_MS = 120_000;
const TICKS_PER_SECOND = 100;
const ROOM = "crowd";
const SECRETS = { ROLLCALL_TOKEN_SECRET: "b".repeat(40), ROLLCALL_API_KEY: "k".repeat(40) };

if (!Number.isInteger(PEOPLE) || PEOPLE < 2 || PEOPLE > 5_000) {
  console.error("people must be a whole number from 2 to 5000");
  process.exit(1);
}

/** @param {string} user */
const sign = (user) =>
  new SignJWT({ name: `Person ${user}`, rooms: [ROOM], role: "member" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(user)
    .setAudience("rollcall")
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(new TextEncoder().encode(SECRETS.ROLLCALL_TOKEN_SECRET));

/** CPU seconds that a process has used. @param {number | undefined} pid */
async function cpuSeconds(pid) {
  if (pid === undefined) return Number.NaN;
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** @typedef {{ socket: WebSocket, seen: Set<string>, bytes: number, diffs: number }} Person */

/**
 * @param {string} url
 * @param {string} token
 * @param {string} user
 * @param {(person: Person) => void} onFrame
 * @returns {Promise<Person>}
 */
function join(url, token, user, onFrame) {
  const address = `${url.replace("http", "ws")}/parties/main/${ROOM}?v=1&client=${user}&idle=0&token=${token}`;
  const socket = new WebSocket(address, { perMessageDeflate: false });
  /** @type {Person} */
  const person = { socket, seen: new Set(), bytes: 0, diffs: 0 };
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (data) => {
      const text = String(data);
      person.bytes += Buffer.byteLength(text);
      const message = JSON.parse(text);
      if (message.type === "ping") {
        socket.send(JSON.stringify({ type: "pong", at: message.now, idleMs: 0, hiddenMs: null }));
        return;
      }
      if (message.type === "closing") reject(new Error(`closed with ${message.code}: ${message.detail}`));
      if (message.type === "diff") person.diffs += 1;
      for (const [id] of message.users ?? []) person.seen.add(id);
      if (message.type === "sync") resolve(person);
      onFrame(person);
    });
  });
}

const stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-bench-"));
const server = await startRoomServer({ stateDir, env: SECRETS });
const giveUp = setTimeout(() => {
  console.error(`not everybody saw everybody within ${GIVE_UP_MS / 1_000} s`);
  void server.stop().then(() => process.exit(1));
}, GIVE_UP_MS);
try {
  const users = Array.from({ length: PEOPLE }, (_, index) => `p${index}`);
  const tokens = await Promise.all(users.map(sign));
  /** @type {Set<Person>} */
  const complete = new Set();
  /** @type {() => void} */
  let allComplete = () => {};
  const everybodySeesEverybody = new Promise((resolve) => (allComplete = () => resolve(undefined)));
  /** @param {Person} person */
  const onFrame = (person) => {
    if (person.seen.size < PEOPLE) return;
    complete.add(person);
    if (complete.size === PEOPLE) allComplete();
  };
  const serverBefore = await cpuSeconds(server.workerdPid());
  const ownBefore = process.cpuUsage();
  const startedAt = performance.now();
  /** @type {Person[]} */
  const people = [];
  const waiting = users.map((user, index) => ({ user, token: tokens[index] ?? "" }));
  const connectSome = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      people.push(await join(server.url, next.token, next.user, onFrame));
    }
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectSome));
  await everybodySeesEverybody;
  const doneMs = performance.now() - startedAt;
  const serverCpu = (await cpuSeconds(server.workerdPid())) - serverBefore;
  const own = process.cpuUsage(ownBefore);
  const bytes = people.reduce((sum, person) => sum + person.bytes, 0);
  const diffs = people.map((person) => person.diffs).sort((a, b) => a - b);
  console.table({
    people: PEOPLE,
    "everybody sees everybody after, s": (doneMs / 1_000).toFixed(2),
    "bytes per client": Math.round(bytes / PEOPLE),
    "bytes per person seen": (bytes / PEOPLE / PEOPLE).toFixed(1),
    "diffs per client: median": diffs[Math.floor(PEOPLE / 2)],
    "diffs per client: most": diffs.at(-1),
    "server CPU (workerd), s": serverCpu.toFixed(2),
    "this process's CPU, s": ((own.user + own.system) / 1e6).toFixed(2),
  });
  for (const { socket } of people) socket.terminate();
} finally {
  clearTimeout(giveUp);
  await server.stop();
  await rm(stateDir, { recursive: true, force: true });
}
