import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

import { NEXT, ensureBuild, nextEnv } from "./build.mjs";
import { keepRunning } from "./keep-running.mjs";
import { refuseTakenPort, sleep } from "./ports.mjs";
import { spawnGroup } from "./process-group.mjs";
import { reachableHost } from "./room-server.mjs";
import { startRoomService } from "./room-service.mjs";
import { checkAppSettings, readNet } from "./settings.mjs";
import { StartError } from "./start-error.mjs";
import { claimStateDir } from "./state-dir.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MOST_CONNECTIONS = fileURLToPath(new URL("most-connections.cjs", import.meta.url));

/**
 * @typedef {object} Stack
 * @property {string} appUrl
 * @property {string} roomUrl
 * @property {Promise<string>} failed says which server is given up, and why (OP2)
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the room server and the app, waits until both answer, and starts either again when it ends.
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
  const { host, appPort } = readNet(settings);
  checkAppSettings(settings);
  // Before the ports, so that an accidental second start reports the first server.
  const claim = await claimStateDir(stateDir, signal);
  /** @type {(() => Promise<void>)[]} */
  const stops = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
    claim.release();
  };
  try {
    await refuseTakenPort("ROLLCALL_APP_PORT", appPort, host);
    // First, because it checks the settings within a second or two.
    const rooms = await startRoomService({
      claim,
      settings,
      log: (line) => onOutput(`room | ${line}`),
      ...(signal && { signal }),
    });
    stops.push(rooms.stop);
    signal?.throwIfAborted();
    if (mode === "start") await ensureBuild(onOutput, signal);

    const appUrl = `http://${reachableHost(host)}:${appPort}`;
    const app = await keepRunning({
      name: "The app's server",
      start: (stopped) => startApp({ settings, mode, url: appUrl, onOutput, signal: stopped }),
      log: (line) => onOutput(`app  | ${line}`),
      ...(signal && { signal }),
    });
    stops.push(app.stop);
    return { appUrl, roomUrl: rooms.url, failed: Promise.race([rooms.failed, app.failed]), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {object} options
 * @param {Record<string, string>} options.settings
 * @param {"start" | "dev"} options.mode
 * @param {string} options.url where it is to answer
 * @param {(line: string) => void} options.onOutput
 * @param {AbortSignal} options.signal
 */
async function startApp({ settings, mode, url, onOutput, signal }) {
  const { host, appPort, partyPort } = readNet(settings);
  const group = spawnGroup(
    ["--require", MOST_CONNECTIONS, NEXT, mode, "--hostname", host, "--port", String(appPort)],
    {
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
    },
  );
  try {
    await untilAnswering(url, group.exited, signal);
  } catch (error) {
    await group.end();
    throw error;
  }
  return { exited: group.exited, stop: group.end };
}

/**
 * @param {string} url
 * @param {Promise<string>} exited
 * @param {AbortSignal} signal
 */
async function untilAnswering(url, exited, signal) {
  /** @type {string | undefined} */
  let ended;
  void exited.then((how) => (ended = how));
  const deadline = Date.now() + 60_000;
  for (;;) {
    signal.throwIfAborted();
    if (ended !== undefined) throw new StartError(`The app's server ended at start (${ended}).`);
    // In development the first page is compiled now.
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline)
      throw new StartError(`The app does not answer (${answer?.status ?? "no answer"}).`);
    await sleep(100);
  }
}
