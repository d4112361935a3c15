import { askStorage, countFailing, type Parties } from "../store/room-storage";

/** An answer is good for so long: whoever asks without end makes no more writes than this. */
const GOOD_FOR_MS = 2_000;
/**
 * Two objects take turns. An object keeps the space that its file once took, and could write into it for long after the
 * disk is full; left alone for half a minute the runtime closes the file, and it has to grow anew.
 */
const TURN_MS = 30_000;

let latest: { readonly at: number; readonly problem: string | null } = { at: -Infinity, problem: null };

/** What keeps the server from serving rooms as it should, in words; null when nothing does (OP3). */
export async function describeReadiness(parties: Parties, now: number): Promise<string | null> {
  if (Math.abs(now - latest.at) >= GOOD_FOR_MS) {
    const problem = await probe(parties, now);
    latest = { at: now, problem };
  }
  const failing = countFailing(now);
  if (latest.problem === null && failing === 0) return null;
  const rooms = failing === 0 ? "" : ` (${failing} ${failing === 1 ? "room goes" : "rooms go"} on in memory)`;
  return `${latest.problem ?? "the storage of some rooms cannot be read or written"}${rooms}: the disk is full or read-only, or files are damaged; the server's log says which`;
}

async function probe(parties: Parties, now: number): Promise<string | null> {
  const name = `probe-${Math.floor(now / TURN_MS) % 2}`;
  try {
    await askStorage(parties, name, "write", { put: [["probe", now]], remove: [] });
  } catch {
    return "the storage cannot be written";
  }
  try {
    const found = (await askStorage(parties, name, "get", { keys: ["probe"] })) as unknown[];
    return found.length === 1 ? null : "the storage does not give back what was written";
  } catch {
    return "the storage cannot be read";
  }
}
