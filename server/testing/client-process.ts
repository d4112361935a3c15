// A client in its own process, so that tests can freeze and kill it.
// Usage: node --import tsx client-process.ts <socket URL>. Prints a line per pong: when it was sent.
import WebSocket from "ws";
import { frameText } from "../../scripts/frame-text.mjs";

const socket = new WebSocket(process.argv[2] ?? "");
socket.on("message", (data, isBinary) => {
  const message = JSON.parse(frameText(data, isBinary));
  if (message.type === "sync") console.log("synced");
  if (message.type !== "ping") return;
  socket.send(JSON.stringify({ type: "pong", at: message.now, idleMs: 0, hiddenMs: null }));
  console.log(`pong ${Date.now()}`);
});
socket.on("error", () => process.exit(1));
