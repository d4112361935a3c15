import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { awarenessCodec, driveAwareness } from "../lib/awareness.mjs";
import { load, versionOf } from "../lib/tools.mjs";

export const label = "y-websocket awareness";
export const note =
  "its own server with an empty document. Its pings come every 30 s and cannot be set. Clients repeat their state every 15 s, as y-protocols' do, but here in the quiet phase alone. Driven with its encoding over raw `ws`.";
export const largest = 1_000;
export const versions = () => ({
  "@y/websocket-server": versionOf("@y/websocket-server"),
  "y-protocols": versionOf("y-protocols"),
});

const AWARENESS = 1;

/** @param {number} port */
export async function serve(port) {
  const { setupWSConnection } = await load("@y/websocket-server/utils");
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on("connection", (socket, request) => setupWSConnection(socket, request));
  await new Promise((resolve) =>
    http.listen({ port, host: "127.0.0.1", backlog: 4_096 }, () => resolve(undefined)),
  );
}

/** @param {string} url */
export async function drive(url) {
  const codec = await awarenessCodec();
  const { encoding, decoding } = codec;
  return driveAwareness(() => `${url.replace("http", "ws")}/bench`, codec, {
    wrap(update) {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, AWARENESS);
      encoding.writeVarUint8Array(encoder, update);
      return encoding.toUint8Array(encoder);
    },
    unwrap(frame) {
      const decoder = decoding.createDecoder(new Uint8Array(frame));
      return decoding.readVarUint(decoder) === AWARENESS ? decoding.readVarUint8Array(decoder) : null;
    },
  });
}
