// `npm run start:rooms`: only the room server, for its own machine or container. Settings come from the environment,
// .env and .env.local. It creates no secrets, because the app needs the same ones.
import { once } from "node:events";

import { startRoomService } from "./room-service.mjs";
import { readSettings, stateDirOf } from "./settings.mjs";
import { describeError } from "./start-error.mjs";
import { claimStateDir } from "./state-dir.mjs";

const stopping = new AbortController();
let exitCode = 1;
for (const [signal, code] of /** @type {const} */ ([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
]))
  process.on(signal, () => {
    exitCode = code;
    stopping.abort();
  });

try {
  const settings = await readSettings(process.cwd(), process.env);
  const claim = await claimStateDir(stateDirOf(settings), stopping.signal);
  const rooms = await startRoomService({
    claim,
    settings,
    log: (line) => console.log(line),
    signal: stopping.signal,
  });
  console.log(`The room server is at ${rooms.url}.`);
  const failure = await Promise.race([rooms.failed, once(stopping.signal, "abort")]);
  await rooms.stop();
  if (typeof failure === "string") console.error(failure);
} catch (error) {
  if (!stopping.signal.aborted) console.error(describeError(error));
}
process.exit(exitCode);
