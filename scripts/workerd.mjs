import { createRequire } from "node:module";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { OBJECTS_DIR } from "../server/store/object-id.mjs";
import { StartError } from "./start-error.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

/**
 * The classes of `workers/`, the names that its code uses for their namespaces, and the keys of their ids. With these keys
 * workerd opens what `partykit dev` has written.
 */
const OBJECTS = [
  { className: "RoomObject", binding: "ROOMS", key: "-PartyKitDurable" },
  { className: "DirectoryObject", binding: "DIRECTORY", key: "-directoryDO" },
  { className: "StorageObject", binding: "STORAGE", key: "-storageDO" },
  { className: "RefusalsObject", binding: "REFUSALS", key: "-refusalsDO" },
];

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
  await build({
    entryPoints: [path.join(ROOT, "workers/worker.ts")],
    outfile: path.join(dir, "rooms.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    logLevel: "warning",
  });
  const file = path.join(dir, "rooms.capnp");
  await writeFile(`${file}.new`, configuration(settings, v8Flags));
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

/** @param {string[]} settings @param {string[]} v8Flags */
function configuration(settings, v8Flags) {
  const bindings = [
    ...OBJECTS.map(
      ({ className, binding }) => `(name = "${binding}", durableObjectNamespace = "${className}")`,
    ),
    ...settings.map((name) => `(name = "${name}", fromEnvironment = "${name}")`),
  ];
  const namespaces = OBJECTS.map(
    ({ className, key }) => `(className = "${className}", uniqueKey = "${key}", enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "rooms", worker = .rooms),
    (name = "disk", disk = (writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "entry", http = (), service = "rooms")],
  v8Flags = [${v8Flags.map((flag) => JSON.stringify(flag)).join(", ")}],
);

const rooms :Workerd.Worker = (
  modules = [(name = "rooms.js", esModule = embed "rooms.js")],
  compatibilityDate = "2024-07-18",
  compatibilityFlags = ["no_web_socket_compression"],
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
