import path from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

import { NEXT, ensureBuild, nextEnv } from "./build.mjs";
import { isPortFree, sleep } from "./ports.mjs";
import { spawnGroup } from "./process-group.mjs";
import { reachableHost, startRoomServer } from "./room-server.mjs";
import { checkAppSettings, forRooms, readNet } from "./settings.mjs";
import { StartError } from "./start-error.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * @typedef {object} Stack
 * @property {string} appUrl
 * @property {import("./room-server.mjs").RoomServer} room
 * @property {Promise<string>} failed says which server ended, if one does by itself
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the room server and the app, and waits until both answer.
 * @param {object} options
 * @param {Record<string, string>} options.settings every ROLLCALL_* setting, and all of them
 * @param {string} options.stateDir
 * @param {"start" | "dev"} [options.mode] `dev` reloads what is edited
 * @param {(line: string) => void} [options.onOutput]
 * @param {AbortSignal} [options.signal] gives up half-way, leaving nothing behind
 * @returns {Promise<Stack>}
 */
export async function startStack(options) {
  const { settings, stateDir, mode = "start", onOutput = () => {}, signal } = options;
  const { host, appPort, partyPort } = readNet(settings);
  checkAppSettings(settings);
  await refuseTakenPort("ROLLCALL_APP_PORT", appPort, host);
  await refuseTakenPort("ROLLCALL_PARTY_PORT", partyPort, host);

  /** @type {(() => Promise<void>)[]} */
  const stops = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
  };
  try {
    // First, since it judges the settings, and does so in a second or two.
    const room = await startRoomServer({
      stateDir: path.resolve(stateDir),
      host,
      port: partyPort,
      env: forRooms(settings),
      onOutput: (line) => onOutput(`room | ${line}`),
      ...(signal === undefined ? {} : { signal }),
    });
    stops.push(room.stop);
    signal?.throwIfAborted();
    if (mode === "start") await ensureBuild(onOutput, signal);

    const app = spawnGroup([NEXT, mode, "--hostname", host, "--port", String(appPort)], {
      cwd: ROOT,
      env: {
        ...nextEnv(mode === "start" ? "production" : "development"),
        ...settings,
        ROLLCALL_HOST: host,
        ROLLCALL_PARTY_PORT: String(partyPort),
      },
      onLine: (raw) => {
        const line = stripVTControlCharacters(raw).trimEnd();
        if (line !== "") onOutput(`app  | ${line}`);
      },
    });
    stops.push(app.end);
    const appUrl = `http://${reachableHost(host)}:${appPort}`;
    await untilAnswering(appUrl, app.exited, signal);
    const failed = Promise.race([
      room.exited.then((how) => `The room server ended (${how}).`),
      app.exited.then((how) => `The app's server ended (${how}).`),
    ]);
    return { appUrl, room, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {string} setting
 * @param {number} port
 * @param {string} host
 */
async function refuseTakenPort(setting, port, host) {
  if (!(await isPortFree(port, host)))
    throw new StartError(`Port ${port} is taken: free it, or set ${setting} to another.`);
}

/**
 * @param {string} url
 * @param {Promise<string>} exited
 * @param {AbortSignal | undefined} signal
 */
async function untilAnswering(url, exited, signal) {
  /** @type {string | undefined} */
  let ended;
  void exited.then((how) => (ended = how));
  const deadline = Date.now() + 60_000;
  for (;;) {
    signal?.throwIfAborted();
    if (ended !== undefined) throw new StartError(`The app's server ended at start (${ended}).`);
    // Development compiles the first page while we wait for it.
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline)
      throw new StartError(`The app does not answer (${answer?.status ?? "no answer"}).`);
    await sleep(100);
  }
}
