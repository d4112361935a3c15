// `npm start` and, with --dev, `npm run dev`. The working directory contains the installation's .env, .env.local and
// state.
import { once } from "node:events";

import { sleep } from "./ports.mjs";
import { missingSecrets, saveSecrets } from "./secrets.mjs";
import { readSettings, stateDirOf } from "./settings.mjs";
import { startStack } from "./stack.mjs";
import { StartError, describeError } from "./start-error.mjs";

const mode = process.argv.includes("--dev") ? "dev" : "start";
const stopping = new AbortController();
/** @type {number | undefined} */
let exitCode;

process.on("SIGINT", () => stopWith(130));
process.on("SIGTERM", () => stopWith(143));
process.on("SIGHUP", () => stopWith(129));
// A signal to npm's process does not reach this one, so it watches its parent. Without npm, for example with nohup, it
// may outlive its parent.
if (process.env["npm_lifecycle_event"] !== undefined) void watchParent();

try {
  await run();
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`${describeError(error)}\n`);
    exitCode = 1;
  }
}
process.exit(exitCode ?? 1);

async function run() {
  const dir = process.cwd();
  const settings = await readSettings(dir, process.env);
  const generated = missingSecrets(settings);
  const stack = await startStack({
    settings: { ...settings, ...generated },
    stateDir: stateDirOf(settings),
    mode,
    onOutput: (line) => console.log(line),
    signal: stopping.signal,
  });
  try {
    // Stored only now, because the password is shown once, and a failed start would not have shown it.
    await saveSecrets(generated, dir);
    welcome(stack, generated["ROLLCALL_ADMIN_PASSWORD"]);
    const failure = await Promise.race([stack.failed, aborted(stopping.signal)]);
    if (failure !== undefined) throw new StartError(failure);
  } finally {
    await stack.stop();
  }
}

/**
 * @param {import("./stack.mjs").Stack} stack
 * @param {string | undefined} newPassword
 */
function welcome({ appUrl, roomUrl }, newPassword) {
  // Browsers treat this name as a secure context.
  const forPeople = (/** @type {string} */ url) => url.replace("//127.0.0.1:", "//localhost:");
  const password =
    newPassword === undefined
      ? "ROLLCALL_ADMIN_PASSWORD, in .env.local unless you set it elsewhere"
      : `${newPassword}  (kept in .env.local; not shown again)`;
  console.log(`
Rollcall is running. Ctrl-C ends it.

  People       ${forPeople(appUrl)}
  Admins       ${forPeople(appUrl)}/admin
  Password     ${password}
  Room server  ${forPeople(roomUrl)}
`);
}

/** @param {number} code */
function stopWith(code) {
  exitCode ??= code;
  stopping.abort();
}

/** @param {AbortSignal} signal @returns {Promise<undefined>} */
async function aborted(signal) {
  if (!signal.aborted) await once(signal, "abort");
  return undefined;
}

async function watchParent() {
  const parent = process.ppid;
  while (process.ppid === parent) await sleep(1_000);
  stopWith(143);
}
