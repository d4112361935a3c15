import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inflateRawSync } from "node:zlib";
import { createToken } from "../../client/create-token.ts";
import { startRoomServer } from "../../scripts/room-server.mjs";
import { PROTOCOL_VERSION } from "../../core/wire/protocol.ts";
import { Memo, toDelta } from "../lib/memo.mjs";
import { AWAY, idOf, indexOf, nameOf, versionOf } from "../lib/tools.mjs";

/** @typedef {import("../lib/client.mjs").Client} Client */

export const label = "Rollcall";
export const note =
  "the real room server with its defaults; tokens are signed beforehand. Who leaves signs out; `reload` is a page that says it closes.";

/** Signs the tokens of the bench's own servers. */
export const SECRET = "a-secret-of-the-bench-alone-0123456789abcdef";
const ROOM = "bench";
/** Text frames begin with it, and no binary frame has so long a beginning. */
const BRACE = "{".charCodeAt(0);

/**
 * @param {{ env?: Record<string, string>, root?: string, engine?: import("../../scripts/settings.mjs").Engine,
 *   v8Flags?: string[], onOutput?: (line: string) => void }} [options]
 * @returns {Promise<import("../lib/run-system.mjs").Running>}
 */
export async function start({ env = {}, root, engine = "partykit", v8Flags = [], onOutput } = {}) {
  const stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-bench-"));
  const server = await startRoomServer({
    stateDir,
    v8Flags,
    engine,
    ...(root !== undefined && { root }),
    ...(onOutput !== undefined && { onOutput }),
    env: {
      ROLLCALL_TOKEN_SECRET: SECRET,
      ROLLCALL_API_KEY: SECRET,
      // Everybody wants the full roster here, at any size.
      ROLLCALL_ROSTER_LIMIT: "100000",
      ...env,
    },
  });
  return {
    url: server.url,
    pids: { workerd: server.workerdPid() ?? 0, starter: server.pid },
    versions: { [engine]: versionOf(engine) },
    async stop() {
      await server.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** @param {string} url of the server */
export const roomAddress = (url) => `${url.replace("http", "ws")}/parties/main/${ROOM}`;

/**
 * Signs what the clients need, so that signing is not measured.
 * @param {number[]} indexes
 */
export async function credentials(indexes) {
  const sign = (/** @type {number} */ index) =>
    createToken({
      user: { id: idOf(index), name: nameOf(index) },
      rooms: [ROOM],
      secret: SECRET,
      lifetimeSeconds: 900,
    });
  return Promise.all(indexes.map(async (index) => [index, await sign(index)]));
}

/**
 * @param {string} url
 * @param {[number, string][]} tokens
 * @returns {import("../lib/client.mjs").Driver}
 */
export function drive(url, tokens) {
  const tokenOf = new Map(tokens);
  const memo = new Memo();
  /** Whose page is hidden: as long as it is, each answer to a ping says so. @type {WeakSet<Client>} */
  const hidden = new WeakSet();
  const base = `${roomAddress(url)}?v=${PROTOCOL_VERSION}&idle=0`;
  const activityOf = (/** @type {Client} */ client) => ({
    idleMs: 0,
    hiddenMs: hidden.has(client) ? 3_600_000 : null,
  });
  return {
    address: ({ index }) => `${base}&client=page${index}&token=${tokenOf.get(index)}`,
    received(client, frame) {
      // A binary frame begins with the length of what is the receiver's own; the rest, deflated, is the same for all.
      // `splitFrame` would copy the beginning of every frame, which the generator has no time for.
      const deflated = frame[0] !== BRACE;
      if (deflated && frame[0] === 0 && frame[1] === 0)
        return client.apply(memo.read(frame, readDeflatedDiff));
      if (deflated)
        return client.apply(memo.read(frame.subarray(2 + frame.readUInt16BE()), readDeflatedSync));
      switch (frame.toString("latin1", 9, 13)) {
        case "sync":
          // What comes before the epoch names the receiver; the rest is the same for all.
          client.apply(memo.read(frame.subarray(frame.indexOf('"epoch"')), readSync));
          break;
        case "diff":
          client.apply(memo.read(frame, readDiff));
          break;
        case "ping": {
          const { now } = JSON.parse(frame.toString("latin1"));
          client.send(JSON.stringify({ type: "pong", at: now, ...activityOf(client) }));
          break;
        }
        case "clos":
          // Its close event can take many seconds more.
          client.letGo()?.terminate();
          break;
        default:
          throw new Error(`unexpected: ${frame.toString().slice(0, 200)}`);
      }
    },
    change(client, status) {
      if (status === AWAY) hidden.add(client);
      else hidden.delete(client);
      client.send(JSON.stringify({ type: "activity", ...activityOf(client) }));
    },
    leave(client, how) {
      client.send(JSON.stringify({ type: how === "reload" ? "leaving" : "signOut" }));
    },
  };
}

/** @param {Buffer} body */
const readDeflatedSync = (body) => readSync(inflateRawSync(body));

/** @param {Buffer} frame */
const readDeflatedDiff = (frame) => readDiff(inflateRawSync(frame.subarray(2)));

/** @param {Buffer} tail */
function readSync(tail) {
  const { users } = JSON.parse(`{${tail.toString()}`);
  return toDelta(
    users.map((/** @type {any[]} */ row) => [indexOf(row[0]), row[2]]),
    true,
  );
}

/** @param {Buffer} frame */
function readDiff(frame) {
  /** @type {[number, number][]} */
  const entries = [];
  for (const [id, second, status] of JSON.parse(frame.toString()).users) {
    if (typeof second === "string") entries.push([indexOf(id), status]);
    else if (typeof second === "number") entries.push([indexOf(id), second]);
    else if (second.status !== undefined) entries.push([indexOf(id), second.status]);
  }
  return toDelta(entries, false);
}
