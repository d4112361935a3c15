const readline = require("node:readline");
const { PassThrough } = require("node:stream");

// workerd's own tale of a peer that went away or broke the protocol: one peer each would fill the log.
const OF_A_PEER = /^workerd\/\S+: error: .*(worker_do_not_log|WebSocket protocol error|disconnected: )/;
const STACK = /^\s*stack: .*workerd@/;

/**
 * What workerd logs, but for what it tells of peers, and the stack of its C++ that follows each: addresses, of which
 * partykit would print torn pieces, and to read which would take it a fifth of a millisecond per peer.
 * @param {import("node:stream").Readable} log
 * @returns {import("node:stream").Readable}
 */
exports.withoutPeers = (log) => {
  const rest = new PassThrough();
  let ofPeer = false;
  readline
    .createInterface({ input: log })
    .on("line", (line) => {
      ofPeer = OF_A_PEER.test(line) || (ofPeer && STACK.test(line));
      if (!ofPeer) rest.write(`${line}\n`);
    })
    .once("close", () => rest.end());
  return rest;
};
