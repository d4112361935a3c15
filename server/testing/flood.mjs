// A client that floods a server over raw TCP: it writes as fast as the server takes it, reads what comes and throws it
// away. It has its own process, so that it does not slow down the measurement. The flood ends with its input.
// Its argument is JSON: `url`, `kind`, `path`, and how many `connections`. Prints a line when a flood begins, and one
// when a connection ends.
import { randomBytes } from "node:crypto";
import net from "node:net";

const BATCH_BYTES = 32_768;
const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
];

/** @param {string} method @param {string} path @param {readonly string[]} [headers] */
const head = (method, path, headers = []) =>
  [`${method} ${path} HTTP/1.1`, "Host: flood", ...headers, "", ""].join("\r\n");

/** A short frame of a client; the mask is zero, which changes nothing. @param {number} opcode @param {string} text */
const frame = (opcode, text) =>
  Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

/**
 * @typedef {{ readonly first: string, readonly again: string | Buffer }} Flood what is sent once, and then without end
 */

/** @type {Readonly<Record<string, (path: string) => Flood>>} */
const FLOODS = {
  requests: (path) => ({ first: "", again: head("GET", path) }),
  pings: (path) => ({ first: head("GET", path, UPGRADE), again: frame(9, "") }),
  pongs: (path) => ({ first: head("GET", path, UPGRADE), again: frame(10, "") }),
  texts: (path) => ({ first: head("GET", path, UPGRADE), again: frame(1, "x") }),
  binaries: (path) => ({ first: head("GET", path, UPGRADE), again: frame(2, "x") }),
  headers: (path) => ({ first: `GET ${path} HTTP/1.1\r\n`, again: "X-Flood: 0123456789\r\n" }),
  chunks: (path) => ({
    first: head("POST", path, ["Transfer-Encoding: chunked"]),
    again: `1000\r\n${"x".repeat(0x1000)}\r\n`,
  }),
};

const { url, kind, path, connections } = JSON.parse(process.argv[2] ?? "{}");
const { first, again } = /** @type {(path: string) => Flood} */ (FLOODS[kind])(path);
const batch = Buffer.concat(Array(Math.ceil(BATCH_BYTES / again.length)).fill(Buffer.from(again)));

for (let i = 0; i < connections; i += 1) {
  const socket = net.connect(Number(new URL(url).port), new URL(url).hostname);
  const pump = () => {
    while (!socket.destroyed && socket.write(batch));
  };
  socket.write(first);
  // A server that has refused a handshake has said so before it is flooded.
  socket.once(first.includes("Upgrade") ? "data" : "connect", () => {
    console.log("flooding");
    socket.on("drain", pump);
    pump();
  });
  socket.resume();
  socket.on("error", () => {});
  socket.on("close", () => console.log("ended"));
}
process.stdin.on("end", () => process.exit()).resume();
