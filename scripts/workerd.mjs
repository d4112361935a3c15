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

/**
 * Several instances of workerd that share the rooms. They keep them in a bucket.
 * @typedef {object} Cluster
 * @property {string} bucket such as `s3://bucket/prefix`
 * @property {string} key a secret of the instances, at least 32 characters
 * @property {string} address where this one listens for the others
 */

/** The settings of a cluster; they are for workerd, not for the rooms. */
export const CLUSTER = /^ROLLCALL_CLUSTER_/;
/** An instance that ends hands its rooms over in this time. The command that started it waits a little longer. */
const HANDOVER_MS = 2_500;

/**
 * @param {Record<string, string | undefined>} settings
 * @returns {Cluster | null} null if this server is alone
 * @throws {StartError} when one of them is missing or cannot work
 */
export function readCluster(settings) {
  const bucket = settings["ROLLCALL_CLUSTER_BUCKET"];
  if (!bucket) return null;
  const key = settings["ROLLCALL_CLUSTER_KEY"] ?? "";
  const address = settings["ROLLCALL_CLUSTER_ADDRESS"] ?? "";
  if (!/^(s3|gs):\/\/[^/]+/.test(bucket))
    throw new StartError(`ROLLCALL_CLUSTER_BUCKET must be s3://… or gs://…: not "${bucket}".`);
  if (key.length < 32) throw new StartError("ROLLCALL_CLUSTER_KEY must have at least 32 characters.");
  if (!/:\d+$/.test(address))
    throw new StartError(`ROLLCALL_CLUSTER_ADDRESS must be an address and a port: not "${address}".`);
  return { bucket, key, address };
}

/** @param {Cluster} cluster */
const clusterConfiguration = ({ bucket, key, address }) => `
  cluster = (
    bucket = ${JSON.stringify(bucket)},
    bucketOptions = ["aws_allow_http=true"],
    key = ${JSON.stringify(key)},
    address = ${JSON.stringify(address)},
    stopTimeoutMs = ${HANDOVER_MS},
  ),`;

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
 * Bundles `workers/` and writes workerd's configuration beside it. The configuration names settings, and holds no values
 * but the cluster's key.
 * @param {string} dir
 * @param {object} options
 * @param {string[]} options.settings names of environment variables that the rooms may read
 * @param {string[]} [options.v8Flags]
 * @param {Cluster | null} [options.cluster]
 * @returns {Promise<string>} the configuration's path
 */
export async function writeWorker(dir, { settings, v8Flags = [], cluster = null }) {
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
  const content = configuration(JSON.parse(text), settings, v8Flags, cluster);
  // workerd reads the cluster's key from here only.
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}

/**
 * The arguments of workerd.
 * @param {object} options
 * @param {string} options.config
 * @param {string} options.stateDir
 * @param {string} options.address host and port
 * @param {boolean} [options.isCluster]
 */
export const workerdArgs = ({ config, stateDir, address, isCluster = false }) => [
  "serve",
  config,
  ...(isCluster ? ["--experimental"] : []),
  `--socket-addr=entry=${address}`,
  `--directory-path=disk=${path.join(stateDir, OBJECTS_DIR)}`,
];

/**
 * @param {WorkerSettings} worker
 * @param {string[]} settings
 * @param {string[]} v8Flags
 * @param {Cluster | null} cluster
 */
function configuration(worker, settings, v8Flags, cluster) {
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
  v8Flags = [${list(v8Flags)}],${cluster === null ? "" : clusterConfiguration(cluster)}
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
