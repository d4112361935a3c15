const readline = require("node:readline");
const { PassThrough } = require("node:stream");

// workerd logs several lines for each peer that disconnects or breaks the protocol, which would fill the log.
const OF_A_PEER = /^workerd\/\S+: error: .*(worker_do_not_log|WebSocket protocol error|disconnected: )/;
// The rooms' own lines (server/log.ts). partykit would put words before the JSON.
const OF_THE_ROOMS = '{"level":';
const STACK = /^\s*stack: .*workerd@/;

/**
 * Filters workerd's log: drops the lines about peers, and the C++ stacks after them. partykit would print pieces of
 * their addresses, and reading them would take it a fifth of a millisecond per peer.
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
      if (!ofPeer) (line.startsWith(OF_THE_ROOMS) ? process.stderr : rest).write(`${line}\n`);
    })
    .once("close", () => rest.end());
  return rest;
};
