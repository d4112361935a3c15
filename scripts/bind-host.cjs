// Preloaded into `partykit dev`, which is PartyKit's only self-hosted runtime and was made for
// a developer's own machine. Checked with partykit 0.0.115 and miniflare 3.20240718.0.
//
// - It listens on 0.0.0.0. We listen on ROLLCALL_HOST, loopback by default.
// - It opens a debugger port on workerd and a proxy to it on every interface, unauthenticated:
//   anybody who reaches them can run code in the room and read its secrets. We open neither.
// - It reports every request and connect from workerd to Node, to print a line. We drop this hop.
// - It reads and prints workerd's lines about every peer that disconnects. We drop them (workerd-log.cjs).
// - When workerd dies it keeps running without serving. We exit, so that the runner notices.
// - A worker of miniflare's listens in front of the rooms' worker. It lets any client replace the address of a request
//   (`MF-Original-URL`), and costs each connection a fifth more CPU and 38 KB. We let the rooms' worker listen itself.
// - It answers an address with invalid percent-encoding, and one with a party or a file named like `constructor`, with a 500
//   and the error's text. We answer before it, like the room server.
// - It does not pass the lock of the state directory on to workerd, which writes there. We do, so that the lock lasts as long
//   as workerd (state-dir.mjs).
// - workerd accepts connections, and ends when it has no descriptor left. With ROLLCALL_RUNTIME_PORT workerd listens there, on
//   loopback, and a front of ours listens on the public port (front.cjs).
// - It resolves `%2e` and backslashes in a path before the rooms see it, so that an address could act on another user than
//   the named one (NM2). We refuse such a path.
// - It cannot pass flags to V8, which profiles need (WORKERD_V8_FLAGS). We add them.
//
// An update that changes these places must fail here with a clear error, and must not expose the server.
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
// The number that spawnGroup uses.
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
  // miniflare waits until workerd announces its debugger, which it does not have now.
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
 * The address on which workerd listens. Opens the front before it, once.
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
  // Only the debugger's proxy listens on a port without an address.
  if (args.length === 1 && typeof args[0] === "number") return this;
  // The rest is miniflare's channel from workerd to Node, and probes for free ports.
  const [first, ...rest] = args;
  if (typeof first === "number") return listen.call(this, first, "127.0.0.1", ...rest.filter(isCallback));
  return listen.call(this, { ...first, host: "127.0.0.1" }, ...rest);
};

const isCallback = (arg) => typeof arg === "function";

// The worker around every party, which partykit reads and builds.
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
// The worker that miniflare lets listen, and the only worker behind it.
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
