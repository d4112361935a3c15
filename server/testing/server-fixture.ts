import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startRoomServer, type RoomServer } from "../../scripts/room-server.mjs";
import type { Engine } from "../../scripts/settings.mjs";
import { SHORT_TIMINGS, TEST_SECRETS } from "./test-client";

/** The engine of this run. docs/deploying.md lists what differs between the two. */
export const ENGINE = (process.env["ROLLCALL_TEST_ENGINE"] ?? "partykit") as Engine | "wrangler";

/**
 * Whether requests come through a server of wrangler's: it resolves their addresses, reads headers of its own and offers
 * compression before the worker sees them.
 */
export const IS_BEHIND_WRANGLER = ENGINE === "wrangler";

/** A room server of a test's own, which can be killed and brought back with the same storage and port. */
export interface ServerFixture {
  readonly url: string;
  /** Where its storage is. */
  readonly stateDir: string;
  /** Every line that the room server has written: its own words, and errors that nobody caught. */
  readonly output: readonly string[];
  /** The runtime's process. */
  workerdPid(): number | undefined;
  /** Kills everything at once, as a power cut would, and starts it again. */
  crash(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it in an orderly way and starts it again, as a deploy does. */
  deploy(): Promise<void>;
  /** Sends a signal to all of its processes: SIGSTOP and SIGCONT are a machine that is held up. */
  signal(name: NodeJS.Signals): void;
  /** Ends it and throws its storage away. */
  dispose(): Promise<void>;
}

interface FixtureOptions {
  /** A directory of the test's own; a new one unless told. */
  readonly stateDir?: string;
  /** What runs it; the engine of this run unless told. */
  readonly engine?: Engine;
  /** The project whose partykit.json is run; this one unless told. */
  readonly root?: string;
  /** An executable in place of workerd. */
  readonly runtime?: string;
}

export async function serverFixture(
  env: Record<string, string> = {},
  options: FixtureOptions = {},
): Promise<ServerFixture> {
  const stateDir = options.stateDir ?? (await mkdtemp(path.join(tmpdir(), "rollcall-")));
  const output: string[] = [];
  const start = (port?: number): Promise<RoomServer> =>
    startRoomServer({
      env: { ...TEST_SECRETS, ...SHORT_TIMINGS, ...env },
      stateDir,
      onOutput: (line) => output.push(line),
      ...(port !== undefined && { port }),
      // A project of its own is PartyKit's.
      engine: options.engine ?? (options.root === undefined ? ENGINE : "partykit"),
      ...(options.root !== undefined && { root: options.root }),
      ...(options.runtime !== undefined && { runtime: options.runtime }),
    });
  let server = await start();
  const fixture: ServerFixture = {
    url: server.url,
    stateDir,
    output,
    workerdPid: () => server.workerdPid(),
    kill: () => server.kill("SIGKILL"),
    async restart() {
      server = await start(server.port);
    },
    async crash() {
      await fixture.kill();
      await fixture.restart();
    },
    async deploy() {
      await server.stop();
      await fixture.restart();
    },
    signal(name) {
      process.kill(-server.pid, name);
    },
    async dispose() {
      await server.stop();
      if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
    },
  };
  return fixture;
}
