import WebSocket from "ws";
import { createToken } from "../../client/create-token";
import { browserEnvironment } from "../../client/page/environment";
import { createPresenceClient, type PresenceClient } from "../../client/client/presence-client";
import type { AdminUser, Status } from "../../core/shared/terms";

/** Something that an onlooker was shown. */
interface Sight {
  readonly user: string;
  readonly status: Status;
  /** When it was shown. */
  readonly at: number;
  readonly lastSeenAt: number | null;
}

/** A witness: the real client of an observing admin, with everything that it was ever shown. */
export class Witness {
  readonly sights: Sight[] = [];
  readonly #shown = new Map<string, Status>();
  readonly #waiting = new Set<() => void>();
  readonly client: PresenceClient;

  private constructor(options: { host: string; room: string; secret: string }) {
    const { room, secret } = options;
    const user = { id: "witness", name: "witness" };
    this.client = createPresenceClient({
      host: options.host,
      room,
      observe: true,
      environment: browserEnvironment({ WebSocket }),
      getToken: () => createToken({ user, rooms: [room], role: "admin", secret }),
    });
    this.client.subscribeChanges((ids) => this.#look(ids));
    this.client.subscribe(() => this.#waiting.forEach((check) => check()));
  }

  static async enter(options: { host: string; room: string; secret: string }): Promise<Witness> {
    const witness = new Witness(options);
    witness.client.start();
    await witness.until(() => witness.isLive, "the witness to be there");
    return witness;
  }

  get isLive(): boolean {
    return this.client.getStatus().connection.status === "live";
  }

  user(id: string): AdminUser | undefined {
    return this.client.getUser(id) as AdminUser | undefined;
  }

  /** All that was shown of somebody, in order; for those here from the start it begins with `online`. */
  statusesOf(user: string): Status[] {
    return this.sights.filter((sight) => sight.user === user).map(({ status }) => status);
  }

  /** When somebody was last shown as becoming so. */
  sawAt(user: string, status: Status): number {
    return this.sights.findLast((sight) => sight.user === user && sight.status === status)?.at ?? NaN;
  }

  /** Who of these was shown offline. */
  shownOffline(users: readonly string[]): string[] {
    const wrong = new Set(this.sights.filter(({ status }) => status === "offline").map(({ user }) => user));
    return users.filter((user) => wrong.has(user));
  }

  /** Waits until it holds, looking again after each news. */
  async until(holds: () => boolean, what: string, withinMs = 60_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(new Error(`waited in vain for ${what}`))), withinMs);
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        settle();
      };
      const check = (): void => {
        if (holds()) end(resolve);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Waits until all of these are shown so. */
  untilAll(users: readonly string[], status: Status, withinMs?: number): Promise<void> {
    const left = new Set(users);
    return this.until(
      () => {
        for (const user of left) if (this.user(user)?.status === status) left.delete(user);
        return left.size === 0;
      },
      `${users.length} people to be ${status}`,
      withinMs,
    );
  }

  leave(): void {
    this.client.stop();
  }

  #look(ids: readonly string[] | null): void {
    const views = ids ? ids.map((id) => this.client.getUser(id)) : this.client.getSnapshot().users;
    const at = Date.now();
    for (const view of views) {
      if (!view || this.#shown.get(view.id) === view.status) continue;
      this.#shown.set(view.id, view.status);
      this.sights.push({ user: view.id, status: view.status, at, lastSeenAt: view.lastSeenAt });
    }
  }
}
