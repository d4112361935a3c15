import type { ProcessHost } from "../host";
import type { FailingStorages } from "../store/failing-storages";

/** A result is reused for this long, so that a client that asks without pause causes no more writes than this. */
const REUSED_MS = 2_000;
/**
 * Two files take turns. An object keeps the space that its file once took, and could write into it long after the disk
 * is full. The runtime closes a file that is left alone for half a minute; then it has to grow anew.
 */
const TURN_MS = 30_000;

/** Whether the server can serve rooms as it should (OP3). */
export class Readiness {
  #probed: { readonly at: number; readonly problem: string | null } = { at: -Infinity, problem: null };

  constructor(
    readonly host: Pick<ProcessHost, "now" | "file">,
    readonly failing: FailingStorages,
  ) {}

  /** What is wrong, in words; null when nothing is. */
  async problem(): Promise<string | null> {
    const now = this.host.now();
    if (Math.abs(now - this.#probed.at) >= REUSED_MS)
      this.#probed = { at: now, problem: await this.#probe(now) };
    const { problem } = this.#probed;
    const failing = this.failing.count(now);
    if (problem === null && failing === 0) return null;
    const rooms =
      failing === 0 ? "" : ` (${failing} ${failing === 1 ? "room goes" : "rooms go"} on in memory)`;
    return `${problem ?? "the storage of some rooms cannot be read or written"}${rooms}: the disk is full or read-only, or files are damaged; the server's log says which`;
  }

  async #probe(now: number): Promise<string | null> {
    const file = this.host.file(`probe-${Math.floor(now / TURN_MS) % 2}`);
    try {
      await file.write({ put: [["probe", now]], remove: [] });
    } catch {
      return "the storage cannot be written";
    }
    try {
      const found = await file.get(["probe"]);
      return found.length === 1 ? null : "the storage does not give back what was written";
    } catch {
      return "the storage cannot be read";
    }
  }
}
