// A relay in front of workerd, in the process of `partykit dev` (bind-host.cjs loads it). workerd ends when it has to
// accept a connection and its limit of open files is reached, and with it ends every connection (OP4). Behind the
// front this does not happen, because the front refuses newcomers first. It relays bytes without reading them.
const { readdirSync } = require("node:fs");
const net = require("node:net");

// The most descriptors that a new connection may cost workerd: a socket, and three files for each room that it wakes,
// including the directory.
const COST_IN_RUNTIME = 7;
// The descriptors of partykit's process: 28, and a reserve.
const OWN_FILES = 44;
const REFUSAL = [
  "HTTP/1.1 503 Service Unavailable",
  "content-type: application/problem+json",
  "cache-control: no-store",
  "retry-after: 5",
  "connection: close",
  "",
  JSON.stringify({
    type: "about:blank",
    status: 503,
    title: "Service Unavailable",
    detail: "the server has as many connections as its limit of open files permits",
  }),
].join("\r\n");
// Refused connections that may be open at once, until their clients have read why.
const REFUSED_AT_ONCE = 16;
const LINGER_MS = 1_000;
const LOG_EVERY_MS = 60_000;
const COUNT_EVERY_MS = 1_000;
const COUNT_AT_MOST_EVERY_MS = 50;

/**
 * How many connections the front carries at most: each takes two descriptors of its process, which needs some itself.
 * @param {number} openFiles the limit of open files per process
 */
function permittedConnections(openFiles) {
  return Math.max(1, Math.floor((openFiles - OWN_FILES - REFUSED_AT_ONCE) / 2));
}

/**
 * @param {object} options
 * @param {net.TcpNetConnectOpts} options.runtime where workerd listens
 * @param {() => number | undefined} options.runtimePid
 * @param {number} options.openFiles the limit of open files per process
 * @param {(line: string) => void} options.log
 * @returns {net.Server} not listening yet
 */
function createFront({ runtime, runtimePid, openFiles, log }) {
  const permitted = permittedConnections(openFiles);
  const mayOpen = runtimeBudget(runtimePid, openFiles);
  let carried = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (carried >= permitted || !mayOpen()) {
      refuse(client);
      if (performance.now() - loggedAt < LOG_EVERY_MS) return;
      loggedAt = performance.now();
      log(`Newcomers are refused: ${carried} connections are as many as the limit of open files permits.`);
      return;
    }
    carried += 1;
    client.once("close", () => (carried -= 1));
    relay(client, net.connect({ ...runtime, allowHalfOpen: true, noDelay: true }));
  });
  // Above it Node closes accepted connections without a response.
  server.maxConnections = permitted + REFUSED_AT_ONCE;
  return server;
}

/**
 * Passes on what each side sends, in both directions, the ends included.
 * @param {net.Socket} client
 * @param {net.Socket} upstream
 */
function relay(client, upstream) {
  client.pipe(upstream).pipe(client);
  for (const [socket, other] of /** @type {const} */ ([
    [client, upstream],
    [upstream, client],
  ]))
    socket.on("error", () => other.destroy()).once("close", () => finish(other));
}

/**
 * Closes a socket once the other side has been sent what was on its way, or has not taken it for a while.
 * @param {net.Socket} socket
 */
function finish(socket) {
  if (socket.destroyed) return;
  const giveUp = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(giveUp)).destroySoon();
}

/** @param {net.Socket} client */
function refuse(client) {
  // Unread bytes would turn the close into a reset, and the client would lose the response.
  client.on("error", () => {}).resume();
  client.end(REFUSAL);
  finish(client);
}

/**
 * Whether workerd can bear one more connection, storage included: part of its descriptors are kept for files.
 * @param {() => number | undefined} runtimePid
 * @param {number} openFiles
 * @returns {() => boolean} to be asked once for each newcomer
 */
function runtimeBudget(runtimePid, openFiles) {
  const most = openFiles - Math.min(64, Math.floor(openFiles / 4));
  let open = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const age = performance.now() - countedAt;
    if (age > COUNT_EVERY_MS || (open + COST_IN_RUNTIME > most && age > COUNT_AT_MOST_EVERY_MS)) {
      countedAt = performance.now();
      // Without /proc the front uses only its own limit, half of workerd's.
      open = countOpenFiles(runtimePid()) ?? Number.NEGATIVE_INFINITY;
    }
    if (open + COST_IN_RUNTIME > most) return false;
    open += COST_IN_RUNTIME;
    return true;
  };
}

/** @param {number | undefined} pid */
function countOpenFiles(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

module.exports = { createFront, permittedConnections };
