import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { drivePlain } from "../lib/floor.mjs";
import { FLUSH_MS, OFFLINE, ONLINE, versionOf } from "../lib/tools.mjs";

export const label = "floor: ws, batched";
export const note =
  "a bare `ws` server in one Node process that batches as Rollcall does; pings every 10 s; no identity, nothing kept.";
export const versions = () => ({ ws: versionOf("ws") });

/** @param {number} port */
export function serve(port) {
  /** @type {Map<string, [string, string, number]>} */
  const people = new Map();
  /** @type {Map<import("ws").WebSocket, { synced: boolean }>} */
  const listeners = new Map();
  /** @type {Set<string>} */
  const touched = new Set();
  let flushedAt = 0;
  /** @type {NodeJS.Timeout | null} */
  let timer = null;

  const flush = () => {
    timer = null;
    flushedAt = Date.now();
    const some = Buffer.from(JSON.stringify({ some: [...touched].map((id) => people.get(id)) }));
    touched.clear();
    /** @type {Buffer | null} */
    let all = null;
    for (const [socket, listener] of listeners) {
      if (!listener.synced) all ??= Buffer.from(JSON.stringify({ all: [...people.values()] }));
      socket.send(listener.synced ? some : /** @type {Buffer} */ (all), { binary: false });
      listener.synced = true;
    }
  };
  const set = (/** @type {string} */ id, /** @type {string} */ name, /** @type {number} */ status) => {
    people.set(id, [id, name, status]);
    touched.add(id);
    const waitMs = flushedAt + FLUSH_MS - Date.now();
    if (timer === null && waitMs > 0) timer = setTimeout(flush, waitMs);
    else if (timer === null) flush();
  };

  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on("connection", (socket, request) => {
    const params = new URL(request.url ?? "", "http://localhost").searchParams;
    const [id, name] = [params.get("id") ?? "", params.get("name") ?? ""];
    listeners.set(socket, { synced: false });
    socket.on("message", (data) => set(id, name, JSON.parse(String(data)).status));
    socket.on("close", () => {
      listeners.delete(socket);
      set(id, name, OFFLINE);
    });
    set(id, name, ONLINE);
  });
  setInterval(() => server.clients.forEach((socket) => socket.ping()), 10_000);
  return new Promise((resolve) =>
    http.listen({ port, host: "127.0.0.1", backlog: 4_096 }, () => resolve(undefined)),
  );
}

export const drive = drivePlain;
