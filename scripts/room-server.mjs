import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { prepareObjectFiles, removeObjectMemory } from "./object-files.mjs";
import { pollingWorkerd } from "./polling-workerd.mjs";
import { freePort, isPortFree, refuseTakenPort, sleep, until } from "./ports.mjs";
import { spawnGroup } from "./process-group.mjs";
import { roomOutputFilter } from "./room-output.mjs";
import { StartError } from "./start-error.mjs";
import { asStartError, claimStateDir } from "./state-dir.mjs";
import { CLUSTER, readCluster, workerdArgs, workerdPath, writeWorker } from "./workerd.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const BIND_HOST = fileURLToPath(new URL("bind-host.cjs", import.meta.url));
const WORKERD_SERVE = fileURLToPath(new URL("workerd-serve.cjs", import.meta.url));
const WRANGLER = path.join(ROOT, "workers/node_modules/wrangler/bin/wrangler.js");
// Its package exports no path to it.
const PARTYKIT = path.join(ROOT, "node_modules/partykit/dist/bin.mjs");

/**
 * @typedef {object} RoomServer
 * @property {string} url where this machine reaches it
 * @property {number} port
 * @property {string} healthUrl answers even when newcomers are refused; for this machine alone
 * @property {number} pid of the leader of its process group
 * @property {() => number | undefined} workerdPid
 * @property {Promise<string>} exited how it ended
 * @property {(signal?: NodeJS.Signals) => Promise<void>} kill the whole group, workerd too;
 *   SIGKILL unless told. Resolves when the port is free again
 * @property {() => Promise<void>} stop in an orderly way
 */

/**
 * Starts the real room server and waits until it answers `GET /health`.
 * @param {object} options
 * @param {string} options.stateDir storage; the same directory brings the rooms back
 * @param {import("./state-dir.mjs").StateDirClaim} [options.claim] the caller's claim on it. Without one the server
 *   claims the directory itself until it is killed or stopped
 * @param {Record<string, string | undefined>} [options.env] what the room finds in `room.env`,
 *   and all that it finds there: neither the shell's environment nor .env files reach it
 * @param {number} [options.port] a free one unless told
 * @param {string} [options.host] the address to listen on
 * @param {import("./settings.mjs").Engine | "wrangler"} [options.engine] PartyKit unless told; wrangler is Cloudflare's
 *   development server, for tests
 * @param {string} [options.root] the project whose partykit.json is run, by PartyKit
 * @param {string} [options.runtime] an executable to run in place of workerd, such as one that prepares it for a test
 * @param {string[]} [options.v8Flags] for workerd, such as those that a profile needs; none unless told
 * @param {(line: string) => void} [options.onOutput] what the room logs
 * @param {boolean} [options.front] whether a front refuses newcomers before workerd has no descriptor left
 *   (front.cjs); false unless told
 * @param {number} [options.timeoutMs] until it must be healthy
 * @param {AbortSignal} [options.signal] gives up before that, leaving nothing behind
 * @returns {Promise<RoomServer>}
 */
export async function startRoomServer(options) {
  if (options.claim) return launch(options.claim, options);
  const claim = await claimStateDir(options.stateDir, options.signal);
  try {
    const server = await launch(claim, options);
    let claimed = true;
    /** @param {() => Promise<void>} end */
    const endOnce = async (end) => {
      // After the release the directory may belong to another server.
      if (claimed) await end();
      claimed = false;
      claim.release();
    };
    return {
      ...server,
      kill: (signal) => endOnce(() => server.kill(signal)),
      stop: () => endOnce(server.stop),
    };
  } catch (error) {
    claim.release();
    throw error;
  }
}

/**
 * @param {import("./state-dir.mjs").StateDirClaim} claim
 * @param {Parameters<typeof startRoomServer>[0]} options
 * @returns {Promise<RoomServer>}
 */
async function launch(claim, options) {
  const { host = "127.0.0.1", engine = "partykit" } = options;
  const port = options.port ?? (await freePort(host));
  // If its port is taken partykit starts anyway, and another process would answer.
  await refuseTakenPort("ROLLCALL_PARTY_PORT", port, host);
  const runtimePort = options.front ? await freePort() : port;
  const { cwd, args, env } = await PREPARE[engine]({ ...options, claim, host, port, runtimePort }).catch(
    (error) => {
      throw asStartError(claim.dir, error);
    },
  );

  /** @type {number | undefined} */
  let workerdPid;
  let fronted = false;
  /** @type {string[]} */
  const lastLines = [];
  const group = spawnGroup(args, {
    cwd,
    env: {
      ...withoutSettings(process.env),
      ...env,
      PWD: cwd,
      ROLLCALL_HOST: host,
      ...(options.front && {
        ROLLCALL_FRONT_PORT: String(port),
        ROLLCALL_RUNTIME_PORT: String(runtimePort),
        ROLLCALL_OPEN_FILES: String(openFilesLimit()),
      }),
    },
    onLine: roomOutputFilter((line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      options.onOutput?.(line);
    }),
    inherit: claim.fd,
    onMessage: (message) => {
      const told = /** @type {{ workerdPid?: number, fronted?: boolean }} */ (message);
      workerdPid = told.workerdPid ?? workerdPid;
      fronted ||= told.fronted === true;
    },
  });
  const portFree = () => until(() => isPortFree(port, host), 2_000);
  const stop = async () => {
    await group.end();
    await portFree();
    await rm(cwd, { recursive: true, force: true });
    await removeObjectMemory(claim.dir);
  };

  const url = `http://${reachableHost(host)}:${port}`;
  const healthUrl = `${options.front ? `http://127.0.0.1:${runtimePort}` : url}/health`;
  try {
    await untilHealthy({ healthUrl, group, lastLines, timeoutMs: 30_000, ...options });
    if ((engine !== "wrangler" && workerdPid === undefined) || fronted !== (options.front === true))
      throw new Error("workerd was not seen to start: it may listen everywhere");
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    port,
    healthUrl,
    pid: group.pid,
    workerdPid: () => workerdPid,
    exited: group.exited,
    async kill(signal = "SIGKILL") {
      group.signal(signal);
      await group.exited;
      await portFree();
    },
    stop,
  };
}

/**
 * @typedef {Parameters<typeof startRoomServer>[0] & {
 *   claim: import("./state-dir.mjs").StateDirClaim, host: string, port: number, runtimePort: number }} Launch
 * @typedef {object} Program
 * @property {string} cwd removed when the server has stopped
 * @property {string[]} args for Node
 * @property {NodeJS.Dict<string>} env
 */

const PREPARE = { partykit: preparePartyKit, workerd: prepareWorkerd, wrangler: prepareWrangler };

/** @param {Launch} launch @returns {Promise<Program>} */
async function preparePartyKit({ claim, env = {}, root = ROOT, port, runtime, v8Flags = [], onOutput }) {
  await claimVersion(
    claim.dir,
    createRequire(createRequire(PARTYKIT).resolve("miniflare")).resolve("workerd/package.json"),
  );
  const runDir = await writeRunDir(claim.dir, root, env);
  // In a project without such objects rooms keep their own files.
  if (await hasStorageObjects(root)) await prepareObjectFiles(claim.dir);
  const workerd = runtime ?? (await pollingWorkerd(PARTYKIT, runDir));
  if (workerd === null)
    onOutput?.(
      "workerd cannot be made to serve its sockets in turn on this platform: one client that floods it holds up all others. Put a proxy before it that limits them (docs/deploying.md).",
    );
  return {
    cwd: runDir,
    args: [
      "--require",
      BIND_HOST,
      PARTYKIT,
      "dev",
      `--config=${path.join(runDir, "partykit.json")}`,
      `--persist=${claim.dir}`,
      `--port=${port}`,
      "--disable-request-cf-fetch",
      "--no-hotkeys",
    ],
    env: {
      // Always set, so that the shell's value is not used.
      WORKERD_V8_FLAGS: JSON.stringify(v8Flags),
      ...(workerd !== null && { MINIFLARE_WORKERD_PATH: workerd }),
    },
  };
}

/** @param {Launch} launch @returns {Promise<Program>} */
async function prepareWorkerd({ claim, env = {}, host, port, runtimePort, runtime, v8Flags = [] }) {
  const workerd = runtime ?? workerdPath();
  await claimVersion(claim.dir, require.resolve("workerd/package.json"));
  const runDir = await makeRunDir(claim.dir);
  await prepareObjectFiles(claim.dir);
  const cluster = readCluster(env);
  const settings = Object.keys(env).filter((name) => env[name] !== undefined && !CLUSTER.test(name));
  const config = await writeWorker(runDir, { settings, v8Flags, cluster });
  const address = runtimePort === port ? `${urlHost(host)}:${port}` : `127.0.0.1:${runtimePort}`;
  return {
    cwd: runDir,
    args: [
      WORKERD_SERVE,
      workerd,
      ...workerdArgs({ config, stateDir: claim.dir, address, isCluster: cluster !== null }),
    ],
    env,
  };
}

/**
 * Notes which workerd writes into the state directory from now on.
 * @param {string} stateDir
 * @param {string} workerdPackage its package.json
 * @throws {StartError} when a newer one has written there, because an older one ends at its files
 */
async function claimVersion(stateDir, workerdPackage) {
  const file = path.join(stateDir, "written-by");
  const { version } = JSON.parse(await readFile(workerdPackage, "utf8"));
  const found = (await readFile(file, "utf8").catch(() => version)).trim();
  const dateOf = (/** @type {string} */ text) => Number(text.split(".")[1]);
  if (dateOf(found) > dateOf(version))
    throw new StartError(
      `The state directory ${stateDir} was written by workerd ${found}, and this is ${version}, which cannot read it: use ROLLCALL_ENGINE=workerd or a newer Rollcall, or put back a backup.`,
    );
  await writeFile(file, `${version}\n`);
}

/** @param {Launch} launch @returns {Promise<Program>} */
async function prepareWrangler({ claim, env = {}, host, port }) {
  const runDir = await makeRunDir(claim.dir);
  const envFile = path.join(runDir, ".env");
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value ?? "")}\n`);
  await writeFile(envFile, lines.join(""), { mode: 0o600 });
  return {
    cwd: runDir,
    args: [
      WRANGLER,
      "dev",
      `--config=${path.join(ROOT, "workers/wrangler.jsonc")}`,
      `--ip=${host}`,
      `--port=${port}`,
      "--inspector-port=0",
      `--persist-to=${claim.dir}`,
      `--env-file=${envFile}`,
      "--log-level=warn",
      "--show-interactive-dev-session=false",
    ],
    env: { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" },
  };
}

/** @param {string} root */
async function hasStorageObjects(root) {
  const { parties = {} } = JSON.parse(await readFile(path.join(root, "partykit.json"), "utf8"));
  return "storage" in parties;
}

/** Only its owner may look into the directory. @param {string} stateDir */
async function makeRunDir(stateDir) {
  const runDir = path.join(stateDir, "run");
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  await chmod(runDir, 0o700);
  return runDir;
}

/**
 * `partykit dev` reads variables from its config, and overrides them by .env and .env.local from the working directory upwards.
 * On the command line they would be visible in `ps`. So it runs in a private directory, with its own config and two
 * empty env files.
 * @param {string} stateDir
 * @param {string} root
 * @param {Record<string, string | undefined>} vars
 */
async function writeRunDir(stateDir, root, vars) {
  const config = JSON.parse(await readFile(path.join(root, "partykit.json"), "utf8"));
  const runDir = await makeRunDir(stateDir);
  /** @param {string} name @param {string} content */
  const write = (name, content) =>
    writeFile(path.join(runDir, name), content, { encoding: "utf8", mode: 0o600 });
  // workerd refuses a main module outside the working directory, so this module imports it.
  const main = JSON.stringify(path.resolve(root, config.main));
  await write("main.ts", `export { default } from ${main};\n`);
  /** @type {Record<string, string>} */
  const parties = {};
  for (const [name, file] of Object.entries(config.parties ?? {}))
    parties[name] = path.resolve(root, String(file));
  await write("partykit.json", JSON.stringify({ ...config, main: "./main.ts", parties, vars }));
  await write(".env", "");
  await write(".env.local", "");
  return runDir;
}

/**
 * @param {object} server
 * @param {string} server.healthUrl
 * @param {import("./process-group.mjs").ProcessGroup} server.group
 * @param {string[]} server.lastLines
 * @param {number} server.timeoutMs
 * @param {AbortSignal} [server.signal]
 */
async function untilHealthy({ healthUrl, group, lastLines, timeoutMs, signal }) {
  /** @type {string | undefined} */
  let ended;
  void group.exited.then((how) => (ended = how));
  const deadline = Date.now() + timeoutMs;
  /** @param {string} what */
  const failure = (what) => new StartError([`The room server ${what}.`, ...lastLines].join("\n"));
  for (;;) {
    signal?.throwIfAborted();
    const answer = await fetch(healthUrl, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok && ended === undefined) return;
    // The room checks its settings. The problem document says what is wrong.
    const problem = await answer?.json().catch(() => undefined);
    if (typeof problem?.detail === "string") throw new StartError(problem.detail);
    if (ended !== undefined) throw failure(`ended at start (${ended})`);
    // After an esbuild error partykit keeps running without serving. It prints the place on its own line.
    if (lastLines.some((line) => /^\s+\S+:\d+:\d+:$/.test(line))) throw failure("could not be built");
    if (Date.now() > deadline) throw failure(`did not answer /health within ${timeoutMs} ms`);
    await sleep(50);
  }
}

/**
 * The limit of open files of each process that this one starts. Node raises its own to the hard limit at its start, and
 * its children inherit that.
 */
export function openFilesLimit() {
  const limit = Number(spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).stdout);
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}

/** @param {string} host */
export function reachableHost(host) {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return urlHost(host);
}

/** An address as it is written before a port. @param {string} host */
const urlHost = (host) => (host.includes(":") ? `[${host}]` : host);

/**
 * The servers get their settings explicitly. The shell's variables must not reach them.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutSettings(env) {
  const rest = { ...env };
  for (const name of Object.keys(rest)) if (name.startsWith("ROLLCALL_")) delete rest[name];
  return rest;
}
