import { awarenessCodec, driveAwareness } from "../lib/awareness.mjs";
import { load, versionOf } from "../lib/tools.mjs";

export const label = "Hocuspocus awareness";
export const note =
  "version 3 (4 needs Node 22) with an empty document; pings every 10 s as Rollcall's (its default is 30 s). Clients repeat their state every 15 s, as y-protocols' do, but here in the quiet phase alone. Driven with its encoding over raw `ws`.";
export const largest = 1_000;
export const versions = () => ({
  "@hocuspocus/server": versionOf("@hocuspocus/server"),
  "y-protocols": versionOf("y-protocols"),
});

const [AWARENESS, AUTH] = [1, 2];
const DOCUMENT = "bench";

/** @param {number} port */
export async function serve(port) {
  const { Server } = await load("@hocuspocus/server");
  const server = new Server({
    port,
    address: "127.0.0.1",
    timeout: 10_000,
    quiet: true,
    stopOnSignals: false,
  });
  await server.listen();
}

/** @param {string} url */
export async function drive(url) {
  const codec = await awarenessCodec();
  const { encoding, decoding } = codec;
  const message = (/** @type {number} */ type, /** @type {(encoder: any) => void} */ write) => {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, DOCUMENT);
    encoding.writeVarUint(encoder, type);
    write(encoder);
    return encoding.toUint8Array(encoder);
  };
  return driveAwareness(() => `${url.replace("http", "ws")}/`, codec, {
    hello: message(AUTH, (encoder) => {
      encoding.writeVarUint(encoder, 0);
      encoding.writeVarString(encoder, "token");
    }),
    wrap: (update) => message(AWARENESS, (encoder) => encoding.writeVarUint8Array(encoder, update)),
    unwrap(frame) {
      const decoder = decoding.createDecoder(new Uint8Array(frame));
      decoding.readVarString(decoder);
      return decoding.readVarUint(decoder) === AWARENESS ? decoding.readVarUint8Array(decoder) : null;
    },
  });
}
