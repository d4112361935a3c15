// Runs workerd, and, with ROLLCALL_RUNTIME_PORT, a front before it (front.cjs). This program leads the process group
// and ends with workerd. Its arguments are workerd's command line.
const { spawn } = require("node:child_process");
const { createFront } = require("./front.cjs");
const { withoutPeers } = require("./workerd-log.cjs");

// The number that spawnGroup uses. With it the lock of the state directory lasts as long as workerd (state-dir.mjs).
const STATE_LOCK_FD = 4;

const [command, ...args] = process.argv.slice(2);
const workerd = spawn(command, args, { stdio: ["ignore", "inherit", "pipe", "ignore", STATE_LOCK_FD] });
withoutPeers(workerd.stderr).pipe(process.stderr);
process.send?.({ workerdPid: workerd.pid });
let ending = false;
process.once("SIGTERM", () => {
  ending = true;
  workerd.kill("SIGTERM");
});
workerd.once("error", (error) => fail(`workerd cannot be started (${error.message})`));
workerd.once("exit", (code, signal) => {
  if (ending) process.exit(0);
  fail(`workerd ended by itself (${signal ?? `exit code ${code}`})`);
});

// An object's clock and timers stand still until the wall clock is again where it was before it was set back: nobody
// would be found to be gone. Started again, workerd keeps the new time, and users return within the restart grace.
const WATCHED_EVERY_MS = 1_000;
const MOST_BACK_MS = 2_000;
let aheadMs = Date.now() - performance.now();
setInterval(() => {
  const now = Date.now() - performance.now();
  if (now < aheadMs - MOST_BACK_MS)
    fail(`the wall clock was set back by ${Math.round((aheadMs - now) / 1_000)} s`);
  aheadMs = now;
}, WATCHED_EVERY_MS).unref();

const runtimePort = Number(process.env.ROLLCALL_RUNTIME_PORT);
if (runtimePort) {
  const port = Number(process.env.ROLLCALL_FRONT_PORT);
  const front = createFront({
    runtime: { host: "127.0.0.1", port: runtimePort },
    runtimePid: () => workerd.pid,
    openFiles: Number(process.env.ROLLCALL_OPEN_FILES),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  front.once("error", (error) => fail(`the port ${port} cannot be opened (${error.code})`));
  front.listen({ host: process.env.ROLLCALL_HOST, port }, () => process.send?.({ fronted: true }));
}

function fail(reason) {
  // The whole group goes, as with PartyKit.
  process.stderr.write(`${reason}\n`, () => process.kill(-process.pid, "SIGKILL"));
}
