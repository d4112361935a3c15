import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "../../scripts/ports.mjs";
import type { Cast, Cue, Happening } from "./person";

/** What a test knows of somebody in another process. */
interface Known {
  sentAt: number;
  status: string;
  /** When each attempt to connect began. */
  readonly attempts: number[];
  /** For how long they meant to wait when they last lost their connection. */
  waitMs: number;
  looked: (Happening & { what: "looked" }) | null;
}

const PERSON = fileURLToPath(new URL("person.ts", import.meta.url));

/** A process full of people, each with the real client (person.ts). */
export class Troupe {
  readonly #known = new Map<string, Known>();
  readonly #exited: Promise<void>;

  private constructor(
    readonly child: ChildProcess,
    readonly users: readonly string[],
  ) {
    for (const user of users)
      this.#known.set(user, { sentAt: 0, status: "", attempts: [], waitMs: NaN, looked: null });
    this.#exited = new Promise((resolve) => child.once("exit", () => resolve()));
    if (child.stdout)
      createInterface({ input: child.stdout }).on("line", (line) =>
        this.#note(JSON.parse(line) as Happening),
      );
  }

  static enter(cast: Cast): Troupe {
    const child = spawn(process.execPath, ["--import", "tsx", PERSON, JSON.stringify(cast)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    // A cue for a process that was killed.
    child.stdin?.on("error", () => {});
    return new Troupe(child, cast.users);
  }

  /** When they last sent anything, as far as they could tell. */
  sentAt(user: string): number {
    return this.#of(user).sentAt;
  }

  attempts(user: string): readonly number[] {
    return this.#of(user).attempts;
  }

  /** For how long they meant to wait when they last lost their connection, in milliseconds. */
  waitMs(user: string): number {
    return this.#of(user).waitMs;
  }

  isLive(user: string): boolean {
    return this.#of(user).status === "live";
  }

  async untilLive(users = this.users, withinMs = 90_000): Promise<void> {
    if (await until(() => users.every((user) => this.isLive(user)), withinMs)) return;
    const missing = users.filter((user) => !this.isLive(user));
    throw new Error(`${missing.length} of ${users.length} are not live: ${missing.slice(0, 5).join(", ")}`);
  }

  cue(user: string, what: Cue["do"]): void {
    this.child.stdin?.write(`${JSON.stringify({ user, do: what } satisfies Cue)}\n`);
  }

  /** What somebody's page shows now. */
  async look(user: string): Promise<{ stale: boolean; shown: Readonly<Record<string, string>> }> {
    const known = this.#of(user);
    known.looked = null;
    this.cue(user, "look");
    await until(() => known.looked !== null, 10_000);
    if (!known.looked) throw new Error(`${user} does not look`);
    return known.looked;
  }

  /** Stops the process where it is, as sleep does; returns when it stands still. */
  freeze(): number {
    this.child.kill("SIGSTOP");
    return Date.now();
  }

  thaw(): void {
    this.child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    await this.#exited;
  }

  #of(user: string): Known {
    const known = this.#known.get(user);
    if (!known) throw new Error(`${user} is not of this troupe`);
    return known;
  }

  #note(happening: Happening): void {
    const known = this.#of(happening.user);
    switch (happening.what) {
      case "sent":
        known.sentAt = happening.at;
        return;
      case "attempt":
        known.attempts.push(happening.at);
        return;
      case "connection":
        known.status = happening.status;
        return;
      case "lost":
        known.waitMs = happening.waitMs;
        return;
      case "looked":
        known.looked = happening;
        return;
      default:
        happening satisfies never;
    }
  }
}
