import { createServer } from "node:http";
import { Memo, toDelta } from "../lib/memo.mjs";
import { idOf, indexOf, load, nameOf, OFFLINE, ONLINE, versionOf } from "../lib/tools.mjs";

export const label = "Socket.IO";
export const note =
  "a room of the usual kind: a set of sockets per person, the roster on joining, one event per change after that. WebSocket alone, pings every 10 s as Rollcall's (its default is 25 s). Driven with its protocol over raw `ws`.";
export const largest = 2_000;
export const versions = () => ({ "socket.io": versionOf("socket.io") });

/** @param {number} port */
export async function serve(port) {
  const { Server } = await load("socket.io");
  const http = createServer();
  const io = new Server(http, { transports: ["websocket"], pingInterval: 10_000, serveClient: false });
  /** @type {Map<string, { row: [string, string, number, number], sockets: Set<string> }>} */
  const people = new Map();

  io.on("connection", (/** @type {any} */ socket) => {
    const { id, name } = socket.handshake.auth;
    const person = people.get(id) ?? { row: [id, name, OFFLINE, 0], sockets: new Set() };
    people.set(id, person);
    person.sockets.add(socket.id);
    const become = (/** @type {number} */ status) => {
      if (person.row[2] === status) return;
      person.row = [id, name, status, Date.now()];
      io.to("room").emit("changed", person.row);
    };
    become(ONLINE);
    void socket.join("room");
    socket.emit(
      "roster",
      Array.from(people.values(), ({ row }) => row),
    );
    socket.on("status", become);
    socket.on("disconnect", () => {
      person.sockets.delete(socket.id);
      if (person.sockets.size === 0) become(OFFLINE);
    });
  });
  await new Promise((resolve) =>
    http.listen({ port, host: "127.0.0.1", backlog: 4_096 }, () => resolve(undefined)),
  );
}

/**
 * @param {string} url
 * @returns {import("../lib/client.mjs").Driver}
 */
export function drive(url) {
  const memo = new Memo();
  return {
    address: () => `${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`,
    received(client, frame) {
      // Engine.IO's packet types: 0 open, 2 ping, 4 message; within a message 0 connected, 2 event.
      if (frame[0] === 0x30)
        client.send(`40${JSON.stringify({ id: idOf(client.index), name: nameOf(client.index) })}`);
      else if (frame[0] === 0x32) client.send("3");
      else if (frame[1] === 0x32) client.apply(memo.read(frame, readEvent));
    },
    change: (client, status) => client.send(`42${JSON.stringify(["status", status])}`),
    leave: (client) => client.letGo()?.close(),
  };
}

/** @param {Buffer} frame */
function readEvent(frame) {
  const [event, told] = JSON.parse(frame.toString("utf8", 2));
  const rows = event === "roster" ? told : [told];
  return toDelta(
    rows.map((/** @type {any[]} */ [id, , status]) => [indexOf(id), status]),
    event === "roster",
  );
}
