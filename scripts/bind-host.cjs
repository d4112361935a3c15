// Preloaded into `partykit dev`, which is PartyKit's only self-hosted runtime and was made for
// a developer's own machine. Checked with partykit 0.0.115 and miniflare 3.20240718.0.
//
// - It hard-codes 0.0.0.0 for the room server: we listen on ROLLCALL_HOST, loopback by default.
// - It opens a debugger port on workerd and a proxy to it on every interface, unauthenticated:
//   whoever reaches either can run code in the room and read its secrets. We open neither.
// - It reports every request and connect from workerd to Node to print a line: a hop per
//   request for a log that nobody wants.
// - It reads and prints what workerd tells of every peer that goes away: we drop that (workerd-log.cjs).
// - It stays up, serving nothing and deaf to further edits, when workerd dies: we exit, so that the
//   runner knows.
// - What listens is not the rooms' worker but one of miniflare's before it, which lets any client name another address
//   than the one asked for (`MF-Original-URL`), and costs each connection a fifth more CPU and 38 KB: the rooms'
//   worker listens itself.
// - Its front door answers an address that is not valid percent-encoding, and one that names a party or a file
//   such as `constructor`, with a 500 and the error's own words: we answer before it, as the room server would.
// - It does not pass the lock of the state directory on to workerd, which writes there: the lock must last as long as
//   workerd does (state-dir.mjs).
// - It has workerd accept connections, which ends it when it has no descriptor left: with ROLLCALL_RUNTIME_PORT workerd
//   listens there, on loopback, and a front of ours where the server is to be reached (front.cjs).
// - It resolves `%2e` and backslashes in a path before the rooms see it, so that an address could act on another user
//   than the one it names (NM2): we refuse such a path.
// - It has no way to tell V8 anything: a profile needs names for what V8 makes of JavaScript (WORKERD_V8_FLAGS).
//
// An update that changes these places must fail here, loudly, rather than expose the server.
const childProcess = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");
const { createFront } = require("./front.cjs");
const { withoutPeers } = require("./workerd-log.cjs");

const host = process.env.ROLLCALL_HOST || "127.0.0.1";
const urlHost = net.isIPv6(host) ? `[${host}]` : host;
const ENTRY = "--socket-addr=entry=0.0.0.0:";
const INSPECTOR = "--inspector-addr=";
// Where spawnGroup puts it.
const STATE_LOCK_FD = 4;

const runtimePort = Number(process.env.ROLLCALL_RUNTIME_PORT);
/** @type {number | undefined} */
let workerdPid;

const spawn = childProcess.spawn;
childProcess.spawn = function (command, args, options) {
  if (!Array.isArray(args) || args[0] !== "serve") return spawn.call(this, command, args, options);
  if (!args.some((arg) => arg.startsWith(ENTRY)) || !args.some((arg) => arg.startsWith(INSPECTOR)))
    fail("workerd's listen address is not where this version of Rollcall looks for it");
  const bound = args
    .map((arg) => (arg.startsWith(ENTRY) ? `--socket-addr=entry=${entryAddress(arg)}` : arg))
    .filter((arg) => !arg.startsWith(INSPECTOR));
  const stdio = [...options.stdio, STATE_LOCK_FD];
  const workerd = spawn.call(this, command, bound, { ...options, stdio });
  // miniflare waits for workerd to announce the debugger that it now does not have.
  workerd.stdio[3].unshift(Buffer.from('{"event":"listen-inspector","port":0}\n'));
  Object.defineProperty(workerd, "stderr", { value: withoutPeers(workerd.stderr) });
  workerdPid = workerd.pid;
  process.send?.({ workerdPid });
  workerd.once("exit", (code, signal) => {
    // `killed` is miniflare's own doing, at a reload or a stop.
    if (!workerd.killed) fail(`workerd ended by itself (${signal ?? `exit code ${code}`})`);
  });
  return workerd;
};

/**
 * Where workerd listens; a front opens before that, once.
 * @param {string} arg partykit's own choice of address
 */
function entryAddress(arg) {
  const port = Number(arg.slice(ENTRY.length));
  if (!runtimePort) return `${urlHost}:${port}`;
  if (workerdPid === undefined) openFront(port);
  return `127.0.0.1:${runtimePort}`;
}

const { listen } = net.Server.prototype;

/** @param {number} port */
function openFront(port) {
  const front = createFront({
    runtime: { host: "127.0.0.1", port: runtimePort },
    runtimePid: () => workerdPid,
    openFiles: Number(process.env.ROLLCALL_OPEN_FILES),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  front.once("error", (error) => fail(`the port ${port} cannot be opened (${error.code})`));
  listen.call(front, { host, port }, () => process.send?.({ fronted: true }));
}

net.Server.prototype.listen = function (...args) {
  // The debugger's proxy is what listens on a port and nothing else.
  if (args.length === 1 && typeof args[0] === "number") return this;
  // What is left is miniflare's own way back from workerd to Node, and probes for free ports.
  const [first, ...rest] = args;
  if (typeof first === "number") return listen.call(this, first, "127.0.0.1", ...rest.filter(isCallback));
  return listen.call(this, { ...first, host: "127.0.0.1" }, ...rest);
};

const isCallback = (arg) => typeof arg === "function";

// The worker around every party, as partykit reads it to build it.
const FRONT_DOOR = "var source_default = {\n  async fetch(request, env, ctx) {\n";
const BEFORE_IT = `
    const refuse = (status, title, detail, more = {}) =>
      new Response(JSON.stringify({ type: "about:blank", status, title, detail, ...more }), {
        status,
        headers: {
          "content-type": "application/problem+json",
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
          "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
          "referrer-policy": "no-referrer",
        },
      });
    // As it was sent, but for plain dot segments, which workerd has resolved: whoever asks for \`x/%2e%2e/ada\` must
    // not get ada.
    const sent = request.url.replace(/^[a-z]+:\\/\\/[^/]*/, "").split("?", 1)[0];
    if (/[\\\\#]|\\/(?:\\.|%2e){1,2}(?:\\/|$)/i.test(sent))
      return refuse(400, "Bad Request", "the address has segments that would be resolved", { field: "path" });
    const { pathname: asked } = new URL(request.url);
    let file = "";
    try {
      file = decodeURIComponent(asked).slice(1);
    } catch {
      return refuse(400, "Bad Request", "the address is not valid percent-encoded text", { field: "path" });
    }
    const [, kind, party] = asked.split("/");
    if (file in {} || (kind === "parties" && !Object.hasOwn(Workers, party ?? "")))
      return refuse(404, "Not Found", "there is nothing at this address");
`;
// What miniflare has listen, and the worker behind it, which is the only one there is.
const LISTENER = "name: SOCKET_ENTRY,\n        service: { name: SERVICE_ENTRY },";
const ROOMS_WORKER =
  "name: SOCKET_ENTRY,\n        service: { name: getUserServiceName(allWorkerOpts[0].core.name) },";

// workerd's configuration, as miniflare makes it; V8's flags are a field of it.
const CONFIG = "return { services: servicesArray, sockets, extensions };";
const v8Flags = JSON.parse(process.env.WORKERD_V8_FLAGS || "[]");
const WITH_FLAGS = `return { services: servicesArray, sockets, extensions, v8Flags: ${JSON.stringify(v8Flags)} };`;

const MINIFLARE = /[\\/]miniflare[\\/]dist[\\/]src[\\/]index\.js$/;
/** @type {[file: RegExp, place: string, instead: string, what: string][]} */
const CHANGES = [
  [/[\\/]partykit[\\/]dist[\\/]generated\.js$/, FRONT_DOOR, FRONT_DOOR + BEFORE_IT, "partykit's front door"],
  [MINIFLARE, LISTENER, ROOMS_WORKER, "what miniflare has listen"],
];
if (v8Flags.length > 0) CHANGES.push([MINIFLARE, CONFIG, WITH_FLAGS, "workerd's configuration"]);
const { readFileSync } = fs;
fs.readFileSync = function (file, ...options) {
  const content = readFileSync.call(this, file, ...options);
  if (typeof content !== "string") return content;
  return CHANGES.filter(([name]) => name.test(String(file))).reduce((text, [, place, instead, what]) => {
    if (text.split(place).length !== 2) fail(`${what} is not where this version of Rollcall looks for it`);
    return text.replace(place, () => instead);
  }, content);
};

// Resolved from partykit, whose own copy it is; partykit is the script that runs here. Read from now on, so that it
// is the changed one.
const { Log } = require(require.resolve("miniflare", { paths: [path.dirname(process.argv[1])] }));
const WARNINGS_ONLY = 2;
Object.defineProperty(Log.prototype, "level", { get: () => WARNINGS_ONLY, set() {} });

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  // ink holds the exit back; the group goes with us, workerd and esbuild too.
  process.kill(-process.pid, "SIGKILL");
}
