import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { OBJECTS_DIR, STORAGE_NAMESPACE } from "../server/store/object-id.mjs";
import { StartError } from "./start-error.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/** The keys of the objects' ids, by class. With these keys workerd opens what `partykit dev` has written. */
const KEYS = {
  RoomObject: "-PartyKitDurable",
  DirectoryObject: "-directoryDO",
  StorageObject: STORAGE_NAMESPACE,
  RefusalsObject: "-refusalsDO",
};

/**
 * The worker as wrangler deploys it: JSON with comments on lines of their own, and trailing commas.
 * @typedef {{ name: string, class_name: keyof typeof KEYS }} Binding
 * @typedef {{ compatibility_date: string, compatibility_flags: string[], durable_objects: { bindings: Binding[] } }} WorkerSettings
 */
const WRANGLER_CONFIG = new URL("../workers/wrangler.jsonc", import.meta.url);

/** The path of workerd's executable. @throws {StartError} when npm has none for this platform */
export function workerdPath() {
  try {
    return String(/** @type {{ default: unknown }} */ (require("workerd")).default);
  } catch (error) {
    throw new StartError(
      `workerd's executable for ${process.platform} ${process.arch} is missing: install with optional dependencies (npm ci --include=optional), or use ROLLCALL_ENGINE=partykit. (${String(error).split("\n", 1)[0]})`,
    );
  }
}

/**
 * Bundles `workers/` and writes workerd's configuration beside it. The configuration names settings, and holds no values.
 * @param {string} dir
 * @param {object} options
 * @param {string[]} options.settings names of environment variables that the rooms may read
 * @param {string[]} [options.v8Flags]
 * @returns {Promise<string>} the configuration's path
 */
export async function writeWorker(dir, { settings, v8Flags = [] }) {
  await mkdir(dir, { recursive: true });
  // Not by its JavaScript API, which leaves a process behind for the next call.
  await promisify(execFile)(require.resolve("esbuild/bin/esbuild"), [
    path.join(ROOT, "workers/worker.ts"),
    `--outfile=${path.join(dir, "rooms.js")}`,
    "--bundle",
    "--format=esm",
    "--target=es2022",
    "--conditions=workerd,worker,browser",
    "--log-level=warning",
  ]);
  const file = path.join(dir, "rooms.capnp");
  const text = (await readFile(WRANGLER_CONFIG, "utf8")).replaceAll(/^\s*\/\/.*$|,(?=\s*[\]}])/gm, "");
  await writeFile(`${file}.new`, configuration(JSON.parse(text), settings, v8Flags));
  await rename(`${file}.new`, file);
  return file;
}

/**
 * The arguments of workerd.
 * @param {object} options
 * @param {string} options.config
 * @param {string} options.stateDir
 * @param {string} options.address host and port
 */
export const workerdArgs = ({ config, stateDir, address }) => [
  "serve",
  config,
  `--socket-addr=entry=${address}`,
  `--directory-path=disk=${path.join(stateDir, OBJECTS_DIR)}`,
];

/** @param {WorkerSettings} worker @param {string[]} settings @param {string[]} v8Flags */
function configuration(worker, settings, v8Flags) {
  const objects = worker.durable_objects.bindings;
  const bindings = [
    ...objects.map(({ name, class_name }) => `(name = "${name}", durableObjectNamespace = "${class_name}")`),
    ...settings.map((name) => `(name = "${name}", fromEnvironment = "${name}")`),
  ];
  const namespaces = objects.map(
    ({ class_name }) => `(className = "${class_name}", uniqueKey = "${KEYS[class_name]}", enableSql = true)`,
  );
  const list = (/** @type {string[]} */ texts) => texts.map((text) => JSON.stringify(text)).join(", ");
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "rooms", worker = .rooms),
    (name = "disk", disk = (writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "entry", http = (), service = "rooms")],
  v8Flags = [${list(v8Flags)}],
);

const rooms :Workerd.Worker = (
  modules = [(name = "rooms.js", esModule = embed "rooms.js")],
  compatibilityDate = "${worker.compatibility_date}",
  compatibilityFlags = [${list(worker.compatibility_flags)}],
  bindings = [
    ${bindings.join(",\n    ")}
  ],
  durableObjectNamespaces = [
    ${namespaces.join(",\n    ")}
  ],
  durableObjectStorage = (localDisk = "disk"),
);
`;
}
