import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/**
 * workerd polls all its sockets after this many events in a row. An event takes some microseconds, and a poll about
 * one.
 */
const EVENTS_PER_POLL = 64;

/**
 * The instruction of `kj::setupAsyncIo()` that sets `WaitScope::busyPollInterval`, by the SHA-256 of workerd's
 * executable: where it is, its last bytes, and those that set it to `EVENTS_PER_POLL` instead of "never".
 * @type {Readonly<Record<string, { name: string, offset: number, never: string, often: string }>>}
 */
const PLACES = {
  fd4174eff47e3b92290cc3b4486f553036cec7b6f377621b1d2267f1b1c6256f: {
    name: "1.20240718.0, linux x64",
    // movl $imm, 0x158(%r14)
    offset: 0x5870a3c,
    never: "41c78658010000ffffffff",
    often: `41c78658010000${littleEndian(EVENTS_PER_POLL)}`,
  },
  abbe783be9a2afb375dcbe2f61fbcac9cbe1f872c9cd7d2655488e44f69231d9: {
    name: "1.20240718.0, linux arm64",
    // mov w8, #imm
    offset: 0x567cbf8,
    never: littleEndian(0x12800008),
    often: littleEndian(0x52800008 | (EVENTS_PER_POLL << 5)),
  },
};

/**
 * Returns the path of a workerd that serves its sockets fairly (SE4).
 *
 * workerd polls for I/O only when it has nothing to do. A client that sends faster than workerd handles its bytes
 * blocks all others. KJ, the library below, has a setting against this, `WaitScope::setBusyPollInterval()`, which no
 * version of workerd uses. This function makes a copy of the executable with another default of this setting. It copies
 * only executables whose hash it knows.
 * @param {string} partykit the file from which workerd is resolved
 * @param {string} spareDir where the copy is made if it cannot be made beside the original
 * @returns {Promise<string | null>} null for an executable that is not known: of another version or platform
 */
export async function pollingWorkerd(partykit, spareDir) {
  const original = originalWorkerd(partykit);
  // workerd-log.cjs recognises log lines by this file name.
  const beside = path.join(path.dirname(original), `polling-${EVENTS_PER_POLL}`, "workerd");
  const copies = [beside, path.join(spareDir, "workerd")];
  const { size } = await stat(original);
  for (const copy of copies) if ((await stat(copy).catch(() => null))?.size === size) return copy;
  const program = await readFile(original);
  const place = PLACES[createHash("sha256").update(program).digest("hex")];
  if (!place) return null;
  const never = Buffer.from(place.never, "hex");
  if (!program.subarray(place.offset, place.offset + never.length).equals(never))
    throw new Error(`the instruction is not where it should be in workerd ${place.name}`);
  program.write(place.often, place.offset, "hex");
  for (const copy of copies) if (await writeProgram(copy, program)) return copy;
  return null;
}

/** @param {string} partykit */
function originalWorkerd(partykit) {
  const miniflare = createRequire(partykit).resolve("miniflare");
  return /** @type {string} */ (createRequire(miniflare)("workerd").default);
}

/**
 * Writes the whole file or none, because servers that start together must not run a partial file.
 * @param {string} file
 * @param {Buffer} program
 * @returns {Promise<boolean>} false where nothing may be written
 */
async function writeProgram(file, program) {
  const unfinished = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(unfinished, program, { mode: 0o755 });
    await rename(unfinished, file);
    return true;
  } catch {
    await rm(unfinished, { force: true }).catch(() => {});
    return false;
  }
}

/** Four bytes in hexadecimal. @param {number} word */
function littleEndian(word) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(word >>> 0);
  return bytes.toString("hex");
}
