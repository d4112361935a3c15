// Runs the server of one Node peer: `node serve.mjs NAME PORT`. Tells run.mjs over IPC when it listens.
import { peers } from "./peers/registry.mjs";

const [name = "", port] = process.argv.slice(2);
const peer = await /** @type {any} */ (peers)[name]();
await peer.serve(Number(port));
process.send?.({ listening: true });
process.on("disconnect", () => process.exit(0));
