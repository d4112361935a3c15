// A client in a process of its own, so that tests can freeze and kill it as a machine would be.
// Usage: node client-process.mjs <socket URL>. Prints a line per pong: the instant it was sent.
import WebSocket from "ws";
import { frameText } from "../../scripts/frame-text.mjs";

const socket = new WebSocket(process.argv[2] ?? "");
socket.on("message", (data) => {
  const message = JSON.parse(frameText(data));
  if (message.type === "sync") console.log("synced");
  if (message.type !== "ping") return;
  socket.send(JSON.stringify({ type: "pong", at: message.now, idleMs: 0, hiddenMs: null }));
  console.log(`pong ${Date.now()}`);
});
socket.on("error", () => process.exit(1));
