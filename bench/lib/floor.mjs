import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startRoomServer } from "../../scripts/room-server.mjs";
import { Memo, toDelta } from "./memo.mjs";
import { idOf, indexOf, nameOf, versionOf } from "./tools.mjs";

/**
 * Starts floor-room.mjs.
 * @param {string} mode
 * @param {{ v8Flags?: string[] }} [options] whoever starts the floor may have for it
 * @param {{ party?: string, env?: Record<string, string> }} [floor] another party of bench/partykit.json, and what
 *   its rooms find beside their mode
 * @returns {Promise<import("./run-system.mjs").Running>}
 */
export async function startFloor(mode, { v8Flags = [] } = {}, { party = "main", env = {} } = {}) {
  const stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-bench-"));
  const root = fileURLToPath(new URL("..", import.meta.url));
  const server = await startRoomServer({ stateDir, root, v8Flags, env: { MODE: mode, ...env } });
  return {
    url: `${server.url.replace("http", "ws")}/parties/${party}/bench`,
    pids: { workerd: server.workerdPid() ?? 0, partykit: server.pid },
    versions: { partykit: versionOf("partykit") },
    async stop() {
      await server.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/**
 * The plain protocol of the floors: `{ all: rows }` on joining, `{ some: rows }` afterwards.
 * @param {string} url
 * @returns {import("./client.mjs").Driver}
 */
export function drivePlain(url) {
  const memo = new Memo();
  return {
    address: ({ index }) => `${url}?id=${idOf(index)}&name=${encodeURIComponent(nameOf(index))}`,
    received: (client, frame) => client.apply(memo.read(frame, readPlain)),
    change: (client, status) => client.send(JSON.stringify({ status })),
    leave: (client) => client.letGo()?.close(),
  };
}

/** @param {Buffer} frame */
function readPlain(frame) {
  const { all, some } = JSON.parse(frame.toString());
  return toDelta(
    (all ?? some).map((/** @type {any[]} */ [id, , status]) => [indexOf(id), status]),
    all !== undefined,
  );
}
