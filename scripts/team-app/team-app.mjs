import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { buildKit, TARBALL } from "../kit.mjs";
import { freePort, until } from "../ports.mjs";
import { spawnGroup } from "../process-group.mjs";
import { withoutSettings } from "../room-server.mjs";
import { ROOT } from "../steps.mjs";
import { readGuide } from "./guide.mjs";

const run = promisify(execFile);
const EXAMPLE = path.join(ROOT, "examples/team-app");

/**
 * The guide's app in a separate folder, with the packed kit installed.
 * @typedef {object} TeamApp
 * @property {string} dir
 * @property {(files: Record<string, string>) => Promise<void>} write puts files into it
 * @property {(command: string[], env?: Record<string, string>) => Promise<void>} run a program that is installed in it
 * @property {() => Promise<void>} remove
 */

/** Follows the guide up to where it builds the page. @returns {Promise<TeamApp>} */
export async function installTeamApp() {
  const root = await mkdtemp(path.join(tmpdir(), "rollcall-team-app-"));
  // The example's lockfile expects the kit at its place in the project.
  const dir = path.join(root, "examples/team-app");
  await buildKit();
  await mkdir(path.join(root, "kit"));
  await copyFile(TARBALL, path.join(root, "kit", path.basename(TARBALL)));

  /** @param {Record<string, string>} files */
  const write = async (files) => {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), content);
    }
  };
  await write(Object.fromEntries(await readGuide("docs/quick-start.md")));
  for (const file of ["package.json", "package-lock.json"])
    await copyFile(path.join(EXAMPLE, file), path.join(dir, file));

  /** @param {string[]} command @param {Record<string, string>} [env] */
  const runIn = async ([program = "", ...args], env = {}) => {
    const options = { cwd: dir, env: { ...withoutSettings(process.env), ...env } };
    await run(program, args, options).catch((error) => {
      throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`);
    });
  };
  await runIn(["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]);
  return { dir, write, run: runIn, remove: () => rm(root, { recursive: true, force: true }) };
}

/**
 * Builds the page and starts the app's own server.
 * @param {TeamApp} app
 * @param {{ host: string, secret: string }} room where the room server is, and its ROLLCALL_TOKEN_SECRET
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startTeamApp(app, { host, secret }) {
  await app.run(["node_modules/.bin/vite", "build"], { VITE_ROLLCALL_HOST: host });
  const port = await freePort();
  /** @type {string[]} */
  const lines = [];
  const server = spawnGroup(["server.mjs"], {
    cwd: app.dir,
    env: { ...withoutSettings(process.env), PORT: String(port), ROLLCALL_TOKEN_SECRET: secret },
    onLine: (line) => lines.push(line),
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await until(answers, 10_000))) {
    await server.end();
    throw new Error(["The example's server does not answer.", ...lines].join("\n"));
  }
  return { url, stop: () => server.end() };
}
