// `npm run bench:fuzz [-- --messages 1000000 --seed 1]`: hostile clients against the real room server, with a
// witness in their room. Says how fast it took them, what it answered by kind, and the server's memory before
// and after; fails when the witness was not served, fell out of step, or heard of any of it.
import { parseArgs } from "node:util";
import { createToken } from "../client/create-token.ts";
import WebSocket from "ws";
import { hostileFrame, MARK, samples } from "../server/testing/hostile.mjs";
import { sleep } from "../scripts/ports.mjs";
import { frameText } from "../scripts/frame-text.mjs";
import { PROTOCOL_VERSION } from "../core/wire/protocol.ts";
import { cpuMeter, rssMb } from "./lib/processes.mjs";
import { markdown } from "./lib/tables.mjs";
import * as rollcall from "./peers/rollcall.mjs";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
  },
});
const wanted = Number(values.messages);
const seed = Number(values.seed);
const CLIENTS = 20;
const ROOM = "fuzz";

/** Many distinct frames; a million would take longer to make than to send. */
const FRAMES = samples(hostileFrame, seed, 50_000);
const env = {
  ROLLCALL_MAX_MESSAGES_PER_SECOND: "10000",
  ROLLCALL_MAX_MESSAGE_BURST: "100000",
  // Most frames are refused: at the default most of the time would go into connecting anew.
  ROLLCALL_MAX_FAILURES: "1000",
};

/** @type {Map<string, number>} */
const heard = new Map();
const count = (/** @type {string} */ what) => heard.set(what, (heard.get(what) ?? 0) + 1);
/** @type {string[]} */
const output = [];
let sent = 0;
let probes = 0;

const server = await rollcall.start({
  env,
  onOutput: (line) => {
    output.push(line);
    if (output.length < 20) console.error(line);
  },
});
const witness = await connect("witness");
/** @type {string[]} */
const witnessed = [];
witness.on("message", (data, isBinary) => witnessed.push(frameText(data, isBinary)));

const workerd = server.pids["workerd"] ?? 0;
const before = rssMb(workerd);
const cpu = cpuMeter({ workerd });
const startedAt = Date.now();
await Promise.all(Array.from({ length: CLIENTS }, (_, index) => attack(index)));
const seconds = (Date.now() - startedAt) / 1_000;
const cpuMs = cpu()["workerd"];
const after = rssMb(workerd);
const answered = await probe(witness, 15_000);
await sleep(15_000);
const rested = rssMb(workerd);

console.log(`seed ${seed}, ${CLIENTS} connections at a time\n`);
console.log(
  markdown([
    ["what", "how much"],
    ["messages", String(sent)],
    ["seconds", seconds.toFixed(1)],
    ["messages per second", String(Math.round(sent / seconds))],
    ["workerd, µs of CPU per message", ((Number(cpuMs) * 1_000) / sent).toFixed(1)],
    ["workerd, MB before · after · 15 s later", `${before} · ${after} · ${rested}`],
    ...[...heard]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([what, times]) => [what, String(times)]),
  ]),
);

/** @type {string[]} */
const faults = [];
if (!answered) faults.push("the witness got no answer");
if (witnessed.some((frame) => frame.includes(MARK) || frame.startsWith('{"type":"error"')))
  faults.push("the witness heard of it");
if (output.length > 0) faults.push(`the server wrote:\n${output.slice(0, 20).join("\n")}`);
await server.stop();
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);

/** One attacker: comes back whenever it is closed, until all is sent. @param {number} index */
async function attack(index) {
  let next = Math.floor((FRAMES.length / CLIENTS) * index);
  while (sent < wanted) {
    const socket = await connect(`evil-${index}`);
    /** @type {Promise<void>} */
    const gone = new Promise((resolve) => {
      socket.once("close", () => resolve());
      socket.on("message", (data, isBinary) => {
        const { type, code } = JSON.parse(frameText(data, isBinary));
        if (type === "error" || type === "closing") count(`${type} ${code}`);
        if (type === "closing") {
          socket.terminate();
          resolve();
        }
      });
    });
    let open = true;
    void gone.then(() => (open = false));
    while (open && sent < wanted) {
      for (let i = 0; i < 50 && open; i += 1, next += 1, sent += 1) {
        const frame = FRAMES[next % FRAMES.length];
        if (frame) socket.send(frame.data, { binary: frame.binary });
      }
      // An answer to each batch, or the sender's own queue would be measured.
      await Promise.race([probe(socket, 30_000), gone]);
    }
    socket.terminate();
  }
}

/** @param {string} user @returns {Promise<WebSocket>} once it has had its sync */
async function connect(user) {
  const token = await createToken({ user: { id: user, name: user }, rooms: [ROOM], secret: rollcall.SECRET });
  const address = `${server.url.replace("http", "ws")}/parties/main/${ROOM}?v=${PROTOCOL_VERSION}&client=${user}&token=${token}`;
  const socket = new WebSocket(address);
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    const message = JSON.parse(frameText(data, isBinary));
    if (message.type === "ping" && socket.readyState === WebSocket.OPEN)
      socket.send(JSON.stringify({ type: "pong", at: message.now, idleMs: 0, hiddenMs: null }));
  });
  await new Promise((resolve, reject) => {
    socket.once("message", resolve);
    // Such as when a source file is saved meanwhile, for which the server starts anew.
    socket.once("close", () => reject(new Error("the server is gone")));
  });
  return socket;
}

/** @param {WebSocket} socket @param {number} withinMs @returns {Promise<boolean>} whether an echo came */
function probe(socket, withinMs) {
  const at = (probes += 1) + 0.5;
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(false), withinMs);
    const look = (/** @type {WebSocket.RawData} */ data) => {
      const text = String(data);
      if (text.startsWith('{"type":"echo"') && JSON.parse(text).at === at) done(true);
    };
    const done = (/** @type {boolean} */ came) => {
      clearTimeout(timer);
      socket.off("message", look);
      resolve(came);
    };
    socket.on("message", look);
    socket.send(JSON.stringify({ type: "probe", at, idleMs: 0, hiddenMs: null }), () => {});
  });
}
