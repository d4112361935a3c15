// As a program: installs a Chromium for the browser tests if this machine has none. As a module: finds it. Without one
// the tests fail, because skipped tests prove nothing.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { StartError, describeError } from "./start-error.mjs";

const PLAYWRIGHT = fileURLToPath(new URL("../node_modules/@playwright/test/cli.js", import.meta.url));
const PACKAGES = ["chromium-headless-shell", "fonts-dejavu-core"];
const ON_THIS_MACHINE = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** @returns {string | undefined} the executable to use; undefined for the one that Playwright finds by itself */
export function chosenChromium() {
  return process.env["CHROMIUM_PATH"] || ON_THIS_MACHINE.find(isFile);
}

/**
 * @returns {string | undefined} as above
 * @throws if there is none, with the remedy
 */
export function findChromium() {
  const chosen = chosenChromium();
  if (chosen === undefined ? playwrightHasIt() : isFile(chosen)) return chosen;
  if (chosen !== undefined) throw new StartError(`CHROMIUM_PATH names no file: ${chosen}`);
  throw new StartError(
    "The browser tests need Chromium: install it and set CHROMIUM_PATH to its executable, or run " +
      `\`npx playwright install chromium-headless-shell\`, or on Debian \`apt-get install ${PACKAGES.join(" ")}\`.`,
  );
}

/** @param {string} file */
const isFile = (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true;

function playwrightHasIt() {
  const args = [PLAYWRIGHT, "install", "--dry-run", "chromium-headless-shell"];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const folder = /Install location:\s+(.+)/.exec(stdout)?.[1];
  return folder !== undefined && existsSync(path.join(folder, "INSTALLATION_COMPLETE"));
}

function install() {
  // Debian's first, if possible: it comes with the libraries that it needs, from the machine's own package source.
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    run("apt-get", ["update"]);
    if (run("apt-get", ["install", "-y", "--no-install-recommends", ...PACKAGES])) return;
  }
  run(process.execPath, [PLAYWRIGHT, "install", "chromium-headless-shell"]);
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: "inherit", env }).status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    // A chosen executable that does not exist is the user's to correct.
    if (chosenChromium() === undefined && !playwrightHasIt()) install();
    findChromium();
  } catch (error) {
    console.error(describeError(error));
    process.exit(1);
  }
}
