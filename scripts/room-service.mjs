import { keepRunning } from "./keep-running.mjs";
import { permittedConnections } from "./front.cjs";
import { openFilesLimit, startRoomServer } from "./room-server.mjs";
import { StartError } from "./start-error.mjs";
import { forRooms, readEngine, readNet } from "./settings.mjs";

/** The default of ROLLCALL_MAX_CONNECTIONS_PER_ROOM, for code that cannot import `core/shared/limits.ts`. */
export const CONNECTIONS_PER_ROOM = 20_000;
// The descriptors of workerd besides connections, with a few hundred awake rooms.
const OTHER_FILES = 1_000;
// The front costs CPU for each frame, which rooms of thousands feel. It takes more than one client to open this many.
const FRONT_BELOW = 8_192;

/**
 * Runs the room server for `npm start` and `npm run start:rooms`: restarts it when it ends (OP2), and adds a front if
 * the limit of open files is low (OP4).
 * @param {object} options
 * @param {import("./state-dir.mjs").StateDirClaim} options.claim released by the caller, after `stop`
 * @param {Record<string, string>} options.settings every ROLLCALL_* setting
 * @param {(line: string) => void} options.log
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<import("./keep-running.mjs").KeptServer & { url: string }>}
 */
export async function startRoomService({ claim, settings, log, signal }) {
  const { host, partyPort } = readNet(settings);
  const engine = readEngine(settings);
  if (engine === "partykit" && settings["ROLLCALL_CLUSTER_BUCKET"])
    throw new StartError("ROLLCALL_CLUSTER_BUCKET needs ROLLCALL_ENGINE=workerd.");
  const openFiles = openFilesLimit();
  const front = openFiles < FRONT_BELOW;
  const { first, failed, stop } = await keepRunning({
    name: "The room server",
    start: async (stopped) => {
      const server = await startRoomServer({
        stateDir: claim.dir,
        claim,
        engine,
        host,
        port: partyPort,
        front,
        env: forRooms(settings),
        onOutput: log,
        signal: stopped,
      });
      // The front answers too. At its limit it refuses, which counts as an answer.
      const isServing = async () =>
        (await ask(server.healthUrl)) === 200 && (!front || (await ask(server.url)) !== undefined);
      return { ...server, isServing };
    },
    log,
    ...(signal && { signal }),
  });
  const variable = "ROLLCALL_MAX_CONNECTIONS_PER_ROOM";
  const allowed = Number(settings[variable] ?? CONNECTIONS_PER_ROOM);
  const permitted = front ? permittedConnections(openFiles) : openFiles - OTHER_FILES;
  if (permitted < allowed)
    log(
      `The limit of open files is ${openFiles}: it permits ${permitted} connections, fewer than the ${allowed} of ` +
        `${variable}. Raise the hard limit (ulimit -Hn, LimitNOFILE= of systemd), or lower the setting.`,
    );
  return { url: first.url, failed, stop };
}

/**
 * @param {string} url
 * @returns {Promise<number | undefined>} the status of the answer, if there is one in time
 */
async function ask(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status;
}
