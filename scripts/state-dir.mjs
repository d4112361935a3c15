import { spawnSync } from "node:child_process";
import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { lstat, mkdir, readFile, readdir, readlink, realpath, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";

import { sleep } from "./ports.mjs";
import { StartError } from "./start-error.mjs";

// The processes of an owner that was killed end within milliseconds. A runtime that lives longer has lost its parent.
const ORPHAN_AFTER_MS = 1_000;
const REFUSE_AFTER_MS = 5_000;

/**
 * The exclusive right to use a state directory (OP1).
 *
 * It is a lock of the kernel (`flock`) on the file `lock` in the directory. The lock belongs to the open file, which
 * this process shares with the runtime that it starts. So the kernel keeps the lock while any of them lives, and
 * drops it when the last one ends, however it ends: a lock cannot be stale, and what the file contains does not matter
 * to it. All paths to the directory, and all containers of one machine that mount it, meet at the same file.
 * @typedef {object} StateDirClaim
 * @property {string} dir the absolute path without symbolic links
 * @property {number} fd the locked file, for child processes to inherit
 * @property {() => void} release
 */

/**
 * Creates the directory if needed and claims it.
 * @param {string} stateDir
 * @param {AbortSignal} [signal]
 * @returns {Promise<StateDirClaim>}
 * @throws {StartError} in one line, if the path cannot be used or another process owns it
 */
export async function claimStateDir(stateDir, signal) {
  const dir = await usableDirectory(path.resolve(stateDir));
  const file = path.join(dir, "lock");
  let fd;
  try {
    fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
    await lockOrRefuse(dir, fd, signal);
    ftruncateSync(fd);
    writeSync(fd, `${process.pid} ${hostname()}\n`, 0);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw asStartError(dir, error);
  }
  let held = true;
  const release = () => {
    if (held) closeSync(fd);
    held = false;
  };
  return { dir, fd, release };
}

/**
 * @param {string} dir
 * @param {unknown} error
 * @returns {unknown} a StartError for what the operating system refused
 */
export function asStartError(dir, error) {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new StartError(`The state directory ${dir} cannot be used: ${error.message}`);
}

/** @param {string} dir absolute */
async function usableDirectory(dir) {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return await realpath(dir);
  } catch (error) {
    // Node reports a file, a file among the parents and a dangling link by the same few codes.
    for (let at = dir; at !== path.dirname(at); at = path.dirname(at)) {
      const what = (await stat(at).catch(() => undefined)) ?? (await lstat(at).catch(() => undefined));
      if (what === undefined || what.isDirectory()) continue;
      const fault = what.isSymbolicLink() ? "is a symbolic link that leads nowhere" : "is not a directory";
      throw new StartError(
        `The state directory ${dir} cannot be used: ${at} ${fault}. Set ROLLCALL_STATE_DIR to a directory.`,
      );
    }
    throw asStartError(dir, error);
  }
}

/**
 * @param {string} dir
 * @param {number} fd
 * @param {AbortSignal} [signal]
 */
async function lockOrRefuse(dir, fd, signal) {
  const beganAt = performance.now();
  while (!tryLock(dir, fd)) {
    signal?.throwIfAborted();
    const waitedMs = performance.now() - beganAt;
    const [pid, host] = readOwner(fd);
    const holders = await lockHolders(fd);
    const owner = holders.find((holder) => holder.pid === pid);
    const isOurs = holders.length > 0 || host === hostname();
    if (owner || (holders.length === 0 && isOurs && isAlive(pid)) || waitedMs > REFUSE_AFTER_MS) {
      const who = owner?.pid ?? holders[0]?.pid ?? pid;
      const name = Number.isNaN(who) ? "another process" : `process ${who}`;
      throw new StartError(
        `The state directory ${dir} is in use by ${name}${isOurs || !host ? "" : ` on ${host}`}: ` +
          "stop it first, or set ROLLCALL_STATE_DIR to another directory.",
      );
    }
    // A runtime whose starter was killed together with partykit would hold the state for ever.
    if (waitedMs > ORPHAN_AFTER_MS && holders.every(({ program }) => program === "workerd"))
      for (const { pid: orphan } of holders) endOrphan(orphan);
    await sleep(50);
  }
}

// Node cannot lock files. A program that inherits our open file can: the lock stays with the file, which we keep.
const PERL =
  'use Fcntl ":flock"; open(F, "+<&=3") or die "$!"; flock(F, LOCK_EX | LOCK_NB) or exit($!{EWOULDBLOCK} ? 1 : 2)';
const LOCKERS = /** @type {const} */ ([
  ["flock", ["-x", "-n", "3"]],
  ["perl", ["-e", PERL]],
]);

/**
 * @param {string} dir
 * @param {number} fd
 * @returns {boolean} whether the lock is ours
 */
function tryLock(dir, fd) {
  for (const [command, args] of LOCKERS) {
    const { error, status, stderr } = spawnSync(command, args, {
      stdio: ["ignore", "ignore", "pipe", fd],
      encoding: "utf8",
    });
    if (error && "code" in error && error.code === "ENOENT") continue;
    if (error) throw error;
    if (status === 0) return true;
    if (status === 1 && stderr === "") return false;
    const [reason = ""] = stderr.split("\n");
    throw new StartError(`The state directory ${dir} cannot be locked: ${reason || `${command} failed`}.`);
  }
  throw new StartError("A state directory is locked by the program flock (util-linux) or perl: install one.");
}

/**
 * Who locked the file last. It may be dead, and the file may contain anything.
 * @param {number} fd
 * @returns {[pid: number, host: string]}
 */
function readOwner(fd) {
  const buffer = Buffer.alloc(1_000);
  const text = buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, 0));
  const [, pid, host = ""] = /^([1-9]\d{0,9}) (\S+)\n$/.exec(text) ?? [];
  return [Number(pid), host];
}

/**
 * The processes that hold the lock, as far as this process may see them: not those of other users and of other
 * containers, and none where there is no /proc.
 * @param {number} fd
 * @returns {Promise<{ pid: number, program: string }[]>}
 */
async function lockHolders(fd) {
  const file = await readlink(`/proc/self/fd/${fd}`).catch(() => undefined);
  const pids = file === undefined ? [] : (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      for (const open of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
        if ((await readlink(`/proc/${pid}/fd/${open}`).catch(() => "")) !== file) continue;
        const locks = await readFile(`/proc/${pid}/fdinfo/${open}`, "utf8").catch(() => "");
        if (!locks.includes("FLOCK")) continue;
        const program = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
        return [{ pid: Number(pid), program: program.trim() }];
      }
      return [];
    }),
  );
  return found.flat();
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** @param {number} pid */
function endOrphan(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself, or is another user's.
  }
}
