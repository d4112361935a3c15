import { serverFixture, type ServerFixture } from "../../server/testing/server-fixture";
import { newRoom, TEST_SECRETS } from "../../server/testing/test-client";
import { SHORT_TIMINGS } from "../../scripts/test-settings.mjs";
import type { Cast } from "./person";
import { Troupe } from "./troupe";
import { Witness } from "./witness";

/**
 * The settings of these tests: the browser tests' timings, but nobody becomes away for want of a mouse, and a busy
 * machine that gives a process no turn for two seconds is not taken for a death.
 */
export const SETTINGS = {
  ...SHORT_TIMINGS,
  ROLLCALL_IDLE_AFTER_MS: "600000",
  ROLLCALL_RETRY_MS: "500",
  ROLLCALL_MISSES: "5",
};

const ms = (name: keyof typeof SETTINGS): number => Number(SETTINGS[name]);

export const INTERVAL_MS = ms("ROLLCALL_INTERVAL_MS");
/** HB2: from the last sign of life to death. */
export const DEAD_AFTER_MS = INTERVAL_MS + ms("ROLLCALL_MISSES") * ms("ROLLCALL_RETRY_MS");
export const GRACE_MS = ms("ROLLCALL_GRACE_MS");
export const RELOAD_GRACE_MS = ms("ROLLCALL_RELOAD_GRACE_MS");

/** Clocks, schedulers and alarms of a busy machine may be late by this much. */
export const NOISE_MS = 2_000;

/** How long a frame may be under way on a busy machine's loopback. */
export const TRANSIT_MS = 1_000;

/** A room server, and all who come to it; everything ends with it. */
export class Stage {
  readonly troupes: Troupe[] = [];
  readonly #endings: (() => Promise<void> | void)[] = [];

  private constructor(readonly server: ServerFixture) {}

  static async open(settings: Record<string, string> = {}): Promise<Stage> {
    return new Stage(await serverFixture({ ...SETTINGS, ...settings }));
  }

  get host(): string {
    return this.server.url;
  }

  /** A room of its own for each test. */
  newRoom(): string {
    return newRoom();
  }

  async witness(room: string): Promise<Witness> {
    const secret = TEST_SECRETS.ROLLCALL_TOKEN_SECRET;
    const witness = await Witness.enter({ host: this.host, room, secret });
    this.#endings.push(() => witness.leave());
    return witness;
  }

  /** People in one process, who come through `host` when it is not the server's own. */
  async people(
    room: string,
    users: readonly string[],
    options: Pick<Cast, "arrivalMs"> & { host?: string } = {},
  ): Promise<Troupe> {
    const troupe = Troupe.enter({
      host: this.host,
      room,
      users,
      secret: TEST_SECRETS.ROLLCALL_TOKEN_SECRET,
      ...options,
    });
    this.troupes.push(troupe);
    this.#endings.push(() => troupe.kill());
    return troupe;
  }

  onEnd(ending: () => Promise<void> | void): void {
    this.#endings.push(ending);
  }

  async close(): Promise<void> {
    await Promise.all(this.#endings.splice(0).map(async (end) => end()));
    await this.server.dispose();
  }
}

/** `count` people of one kind. */
export function named(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${String(index + 1).padStart(3, "0")}`);
}
