// `node --import tsx bench/wire.mjs`: what the wire format costs. The positional rows of core/wire/rows.ts, deflated
// where they are long, against their plain text, JSON objects and MessagePack: bytes, the server's time to encode, the
// client's to decode.
import { readFrame } from "../core/testing/frames.ts";
import { toBody } from "../core/wire/deflate.ts";
import { encodeDiff, encodeSharedSync, encodeSync } from "../core/wire/encode.ts";
import { toFrame } from "../core/wire/frames.ts";
import { decodeServerMessage, PROTOCOL_VERSION } from "../core/wire/protocol.ts";
import { fromPatchRow, fromRow, toPatchRow, toRow } from "../core/wire/rows.ts";
import { makeViews, timeOf } from "./lib/core.mjs";
import { installPeers } from "./lib/install.mjs";
import { markdown } from "./lib/tables.mjs";
import { load } from "./lib/tools.mjs";

installPeers();
const { Packr } = await load("msgpackr");
const plain = new Packr({ useRecords: false });
const now = Date.now();
const timings = {
  intervalMs: 10_000,
  inputPauseMs: 5_000,
  reconnectSpreadMs: 2_500,
  reconnectWithinMs: 22_500,
};
const head = { epoch: "abcdef01", seq: 12, now };

/**
 * The ways to say the same. `decode` ends with users as the client's replica holds them.
 * @typedef {{ encode: (users: any[]) => string | Uint8Array, decode: (data: any) => unknown }} Format
 */

const rowsOf = (/** @type {any[]} */ users) => users.map((user) => toRow(user, now));
const message = (/** @type {unknown[]} */ users) => ({
  type: "sync",
  version: PROTOCOL_VERSION,
  self: "u00001",
  ...head,
  timings,
  users,
});

/** @type {Record<string, Format>} */
const syncs = {
  "Rollcall's frame": {
    encode: (users) =>
      encodeSync(
        { userId: "u00001", choices: null },
        encodeSharedSync({ ...head, timings, mode: "roster", users }),
      ),
    decode: (frame) => decodeServerMessage(readFrame(frame)),
  },
  "its text, not deflated": {
    encode: (users) => JSON.stringify(message(rowsOf(users))),
    decode: (text) => decodeServerMessage(text),
  },
  "JSON objects": {
    encode: (users) => JSON.stringify(message(users)),
    decode: (text) => JSON.parse(text),
  },
  "JSON objects, deflated": {
    encode: (users) => toFrame("", toBody(JSON.stringify(message(users)))),
    decode: (frame) => JSON.parse(readFrame(frame) ?? ""),
  },
  "MessagePack of rows": {
    encode: (users) => plain.pack(message(rowsOf(users))),
    decode: (bytes) => {
      const { users, ...rest } = plain.unpack(bytes);
      return { ...rest, users: users.map((/** @type {any} */ row) => fromRow(row, rest.now)) };
    },
  },
};

const away = (/** @type {any[]} */ users) =>
  users.map(({ id }) => ({ id, status: "away", sinceAt: now - 5 }));
/** @type {Record<string, Format>} */
const diffs = {
  "Rollcall's frame": {
    encode: (changed) => encodeDiff({ seq: 13, added: [], changed, removed: [] }, now),
    decode: (frame) => decodeServerMessage(readFrame(frame)),
  },
  "JSON objects": {
    encode: (changed) => JSON.stringify({ type: "diff", seq: 13, now, added: [], changed, removed: [] }),
    decode: (text) => JSON.parse(text),
  },
  "MessagePack of rows": {
    encode: (changed) =>
      plain.pack({
        type: "diff",
        seq: 13,
        now,
        users: changed.map((/** @type {any} */ each) => toPatchRow(each, now)),
      }),
    decode: (bytes) => {
      const message = plain.unpack(bytes);
      return {
        ...message,
        users: message.users.map((/** @type {any} */ row) => fromPatchRow(row, now)),
      };
    },
  },
};

const rows = [["", "format", "bytes", "per user", "encode, µs", "decode, µs"]];
for (const count of [100, 1_000, 5_000]) compare(`sync of ${count}`, makeViews(count, now), syncs);
for (const count of [1, 50]) compare(`diff of ${count}`, away(makeViews(count, now)), diffs);
console.log(markdown(rows));

/** @param {string} what @param {any[]} users @param {Record<string, Format>} formats */
function compare(what, users, formats) {
  for (const [name, { encode, decode }] of Object.entries(formats)) {
    // Copied: MessagePack's encoder uses its buffer again.
    const made = encode(users);
    const data = typeof made === "string" ? made : Uint8Array.from(made);
    const bytes = Buffer.byteLength(data);
    const times = [timeOf(() => encode(users)), timeOf(() => decode(data))];
    rows.push([
      what,
      name,
      `${bytes}`,
      (bytes / users.length).toFixed(1),
      ...times.map((time) => time.toFixed(1)),
    ]);
  }
}
