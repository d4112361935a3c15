import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readlink, rename, rm, statfs, symlink } from "node:fs/promises";
import path from "node:path";

import { objectId, OBJECTS_DIR, STORAGE_NAMESPACE } from "../party/object-id.mjs";

/** Objects that keep nothing in files of their own: rooms, the directory, and what closes refused sockets. */
const EMPTY_NAMESPACES = ["-PartyKitDurable", "-directoryDO", "-refusalsDO"];
/** Where Linux keeps files in memory. */
const MEMORY_DIR = "/dev/shm";
const MEMORY_PREFIX = path.join(MEMORY_DIR, "rollcall-");
/** An awake room takes about 50 KB there. Where there is less than this (a container's default), the disk is safer. */
const ENOUGH_MEMORY_BYTES = 256 * 1024 * 1024;

/**
 * Prepares the files of a state directory for a start.
 *
 * The runtime opens a file for each object, and makes no object without, so that no room could wake on a full disk.
 * Rooms and the directory write nothing into theirs (`party/storage.ts`): they get a directory in memory, where there
 * is enough. Files that an earlier version wrote there are handed to the objects that keep them now.
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
 * Removes what is in memory, once the server has ended.
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
  // A link that leads elsewhere is not one of ours, and its files are somebody's.
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
    // Where the owner has a file already, that one holds what is known, and this one is this version's own and empty.
    if (existsSync(path.join(to, owner))) continue;
    // The log first: it is part of the file, and without the file it would be found again after a crash in between.
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
