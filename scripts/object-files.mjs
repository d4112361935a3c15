import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readlink, rename, rm, statfs, symlink } from "node:fs/promises";
import path from "node:path";

import { objectId, OBJECTS_DIR, STORAGE_NAMESPACE } from "../server/store/object-id.mjs";

/** Objects whose own files are empty: rooms, the directory, and the party that closes refused sockets. */
const EMPTY_NAMESPACES = ["-PartyKitDurable", "-directoryDO", "-refusalsDO"];
/** The folder for files in memory on Linux. */
const MEMORY_DIR = "/dev/shm";
const MEMORY_PREFIX = path.join(MEMORY_DIR, "rollcall-");
/**
 * An awake room needs about 50 KB there. With less space than this, as in a container by default, the disk is safer.
 */
const ENOUGH_MEMORY_BYTES = 256 * 1024 * 1024;

/**
 * Prepares the files of a state directory for a start.
 *
 * The runtime opens a file for each object, so on a full disk no room could wake. Rooms and the directory write nothing
 * into theirs (`party/storage.ts`), so they get a directory in memory if there is enough. Files of earlier versions are
 * moved to the objects that own them now.
 * @param {string} stateDir
 * @param {string} [memoryPrefix] how the directory in memory begins
 */
export async function prepareObjectFiles(stateDir, memoryPrefix = MEMORY_PREFIX) {
  const dir = path.join(stateDir, OBJECTS_DIR);
  await mkdir(dir, { recursive: true });
  for (const namespace of EMPTY_NAMESPACES) {
    const place = path.join(dir, namespace);
    await removeMemory(place, memoryPrefix);
    if (existsSync(place)) await handOver(place, path.join(dir, STORAGE_NAMESPACE));
  }
  if (!(await isMemoryEnough(path.dirname(memoryPrefix)))) return;
  for (const namespace of EMPTY_NAMESPACES)
    await symlink(await mkdtemp(memoryPrefix), path.join(dir, namespace), "dir");
}

/**
 * Removes the files in memory after the server has ended.
 * @param {string} stateDir
 */
export async function removeObjectMemory(stateDir) {
  for (const namespace of EMPTY_NAMESPACES)
    await removeMemory(path.join(stateDir, OBJECTS_DIR, namespace), MEMORY_PREFIX);
}

/** @param {string} place @param {string} memoryPrefix */
async function removeMemory(place, memoryPrefix) {
  const found = await lstat(place).catch(() => undefined);
  if (!found?.isSymbolicLink()) return;
  const target = await readlink(place);
  // A link to another place is not ours, and neither are its files.
  if (!target.startsWith(memoryPrefix)) return;
  await rm(target, { recursive: true, force: true });
  await rm(place);
}

/** @param {string} from @param {string} to */
async function handOver(from, to) {
  await mkdir(to, { recursive: true });
  const files = await readdir(from);
  for (const main of files.filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file))) {
    const owner = `${await objectId(STORAGE_NAMESPACE, path.basename(main, ".sqlite"))}.sqlite`;
    // If the owner has a file already, that one has the data, and this one is empty.
    if (existsSync(path.join(to, owner))) continue;
    // The log first. It is part of the file, and after a crash in between it is found again.
    for (const file of files.filter((each) => each.startsWith(`${main}-`)))
      await rename(path.join(from, file), path.join(to, owner + file.slice(main.length)));
    await rename(path.join(from, main), path.join(to, owner));
  }
  await rm(from, { recursive: true });
}

/** @param {string} memoryDir */
async function isMemoryEnough(memoryDir) {
  const { bsize, blocks } = await statfs(memoryDir).catch(() => ({ bsize: 0, blocks: 0 }));
  return bsize * blocks >= ENOUGH_MEMORY_BYTES;
}
