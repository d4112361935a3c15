import { Memo, toDelta } from "./memo.mjs";
import { idOf, load, nameOf, OFFLINE, ONLINE } from "./tools.mjs";
import { seeSelf } from "./crowd.mjs";

/**
 * The messages of y-protocols' awareness: each person is a client id with a clock and a state in JSON,
 * null when gone. Client ids are chosen by clients; here they are the person's index and one.
 */
export async function awarenessCodec() {
  const encoding = await load("lib0/encoding");
  const decoding = await load("lib0/decoding");

  /** @param {number} index @param {number} clock @param {number} status */
  function update(index, clock, status) {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, index + 1);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(status === OFFLINE ? null : stateOf(index, status)));
    return encoding.toUint8Array(encoder);
  }

  /** @param {Uint8Array} bytes */
  function read(bytes) {
    const decoder = decoding.createDecoder(bytes);
    /** @type {[number, number][]} */
    const entries = [];
    for (let left = decoding.readVarUint(decoder); left > 0; left -= 1) {
      const index = decoding.readVarUint(decoder) - 1;
      decoding.readVarUint(decoder);
      const state = JSON.parse(decoding.readVarString(decoder));
      entries.push([index, state === null ? OFFLINE : state.status]);
    }
    return toDelta(entries, false);
  }

  return { encoding, decoding, update, read };
}

/** @param {number} index @param {number} status */
const stateOf = (index, status) => ({ id: idOf(index), name: nameOf(index), status });

/** Where a person was when last heard of; kept over reconnects, since clocks only go up. */
class Clocks {
  /** @type {Map<number, { clock: number, status: number }>} */
  #known = new Map();

  /** @param {number} index @param {number} [status] the same as before unless told */
  next(index, status) {
    const known = this.#known.get(index) ?? { clock: 0, status: ONLINE };
    const next = { clock: known.clock + 1, status: status ?? known.status };
    this.#known.set(index, next);
    return next;
  }
}

/**
 * @param {(client: import("./client.mjs").Client) => string} address
 * @param {Awaited<ReturnType<typeof awarenessCodec>>} codec
 * @param {{ wrap: (update: Uint8Array) => Uint8Array, unwrap: (frame: Buffer) => Uint8Array | null, hello?: Uint8Array }} envelope
 * @returns {import("./client.mjs").Driver}
 */
export function driveAwareness(address, codec, { wrap, unwrap, hello }) {
  const memo = new Memo();
  const clocks = new Clocks();
  const tell = (/** @type {import("./client.mjs").Client} */ client, /** @type {number} */ status) => {
    const next = clocks.next(client.index, status);
    client.send(wrap(codec.update(client.index, next.clock, next.status)));
  };
  return {
    address,
    opened(client) {
      if (hello) client.send(hello);
      seeSelf(client);
      tell(client, ONLINE);
    },
    received(client, frame) {
      client.apply(
        memo.read(frame, (bytes) => {
          const update = unwrap(bytes);
          return update && codec.read(update);
        }),
      );
    },
    change: tell,
    renew(client) {
      const next = clocks.next(client.index);
      client.send(wrap(codec.update(client.index, next.clock, next.status)));
    },
    leave(client) {
      // As the library does on unload: the server takes the state back when the socket closes.
      client.letGo()?.close();
    },
  };
}
