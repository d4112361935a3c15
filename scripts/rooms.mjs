// `npm run start:rooms`: the room server alone, for a machine or a container of its own. Settings come from the
// environment, .env and .env.local; secrets are not made here, since the app has to have the same.
import { once } from "node:events";
import path from "node:path";

import { startRoomServer } from "./room-server.mjs";
import { forRooms, readNet, readSettings } from "./settings.mjs";
import { StartError } from "./start-error.mjs";

const stopping = new AbortController();
let exitCode = 1;
for (const [signal, code] of /** @type {const} */ ([
  ["SIGINT", 130],
  ["SIGTERM", 143],
]))
  process.on(signal, () => {
    exitCode = code;
    stopping.abort();
  });

try {
  const settings = await readSettings(process.cwd(), process.env);
  const { host, partyPort } = readNet(settings);
  const room = await startRoomServer({
    stateDir: path.resolve(settings["ROLLCALL_STATE_DIR"] ?? ".partykit/state"),
    host,
    port: partyPort,
    env: forRooms(settings),
    onOutput: (line) => console.log(line),
    signal: stopping.signal,
  });
  console.log(`The room server is at ${room.url}.`);
  const ended = await Promise.race([room.exited, once(stopping.signal, "abort")]);
  await room.stop();
  if (typeof ended === "string") console.error(`The room server ended (${ended}).`);
} catch (error) {
  if (!stopping.signal.aborted) console.error(error instanceof StartError ? error.message : error);
}
process.exit(exitCode);
