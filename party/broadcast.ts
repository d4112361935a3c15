import type * as Party from "partykit/server";
import { createAdminFeed, createMemberFeed, publish, type Diff, type Feed } from "../core/feed";
import type { Room } from "../core/presence";
import { encodeDiff, encodeSharedSync, encodeSync } from "../core/protocol";
import type { Audience, UserView } from "../core/terms";
import { inputPauseMs, reconnectSpreadMs, reconnectWithinMs } from "../core/timings";
import type { Numbering } from "./store";

/** A socket of the room, with what decides what it may hear. */
interface Listener {
  readonly socket: Party.Connection;
  readonly userId: string;
  readonly audience: Audience;
  /** Whether it has had its sync; diffs make no sense before (SY1). */
  synced: boolean;
}

/**
 * Tells the room's sockets what changed. Keeps its own index of them: the platform's deserialises every
 * attachment at each look, and throws when ids repeat.
 */
export class Broadcast {
  readonly #listeners = new Map<string, Listener>();
  readonly #unsynced = new Set<string>();
  readonly #feeds: Readonly<Record<Audience, Feed>>;

  constructor(
    readonly room: Room,
    numbering: Numbering,
  ) {
    const { epoch, memberSeq, adminSeq } = numbering;
    this.#feeds = {
      member: createMemberFeed(room, epoch, memberSeq),
      admin: createAdminFeed(room, epoch, adminSeq),
    };
  }

  get numbering(): Numbering {
    const { member, admin } = this.#feeds;
    return { epoch: member.epoch, memberSeq: member.seq, adminSeq: admin.seq };
  }

  /** Whether a socket waits for its sync. */
  get hasUnsynced(): boolean {
    return this.#unsynced.size > 0;
  }

  /** Adds a socket; `synced` when it had its sync before the room slept. */
  add(id: string, socket: Party.Connection, userId: string, audience: Audience, synced: boolean): void {
    this.#listeners.set(id, { socket, userId, audience, synced });
    if (!synced) this.#unsynced.add(id);
  }

  /** Takes a socket out and returns it. */
  remove(id: string): Party.Connection | null {
    const listener = this.#listeners.get(id);
    this.#listeners.delete(id);
    this.#unsynced.delete(id);
    return listener?.socket ?? null;
  }

  socketOf(id: string): Party.Connection | null {
    return this.#listeners.get(id)?.socket ?? null;
  }

  audienceOf(id: string): Audience {
    return this.#listeners.get(id)?.audience ?? "member";
  }

  /** Gives a socket the whole roster with the next flush, as at its start (SY4). */
  resync(id: string): void {
    const listener = this.#listeners.get(id);
    if (!listener) return;
    listener.synced = false;
    this.#unsynced.add(id);
  }

  /** Has the next diff tell admins all of a user, whatever they are thought to know. */
  retell(userId: string): void {
    this.#feeds.admin.views.delete(userId);
  }

  /**
   * Sends one diff to all who have had their sync and may see a change of it, then one sync to all who
   * have not; each is encoded once for an audience (SY2). Whoever joins with others is told with them.
   * Returns the number of frames sent.
   */
  flush(touched: ReadonlySet<string>, now: number): number {
    let frames = 0;
    for (const audience of ["member", "admin"] as const) {
      const diff = publish(this.#feeds[audience], this.room, touched);
      if (diff) frames += this.#sendDiff(audience, diff, now);
    }
    return frames + this.#sendSyncs(now);
  }

  /** Sends text to one socket. */
  send(id: string, text: string): void {
    const socket = this.socketOf(id);
    if (socket) deliver(socket, text);
  }

  #sendDiff(audience: Audience, diff: Diff<UserView>, now: number): number {
    let text: string | null = null;
    let frames = 0;
    for (const listener of this.#listeners.values()) {
      if (listener.audience !== audience || !listener.synced) continue;
      text ??= encodeDiff(diff, now);
      deliver(listener.socket, text);
      frames += 1;
    }
    return frames;
  }

  #sendSyncs(now: number): number {
    const frames = this.#unsynced.size;
    const shared: Partial<Record<Audience, string>> = {};
    for (const id of this.#unsynced) {
      const listener = this.#listeners.get(id);
      if (!listener) continue;
      const { audience } = listener;
      shared[audience] ??= this.#sharedSync(audience, now);
      deliver(listener.socket, encodeSync(listener.userId, shared[audience]));
      listener.synced = true;
    }
    this.#unsynced.clear();
    return frames;
  }

  #sharedSync(audience: Audience, now: number): string {
    const { epoch, seq, views } = this.#feeds[audience];
    const { timings } = this.room;
    return encodeSharedSync({
      epoch,
      seq,
      now,
      timings: {
        intervalMs: timings.intervalMs,
        inputPauseMs: inputPauseMs(timings),
        reconnectSpreadMs: reconnectSpreadMs(timings),
        reconnectWithinMs: reconnectWithinMs(timings),
      },
      users: views.values(),
    });
  }
}

/** Sends, and leaves it to the close event or the heartbeat to find out about a socket that cannot be sent to. */
function deliver(socket: Party.Connection, text: string): void {
  try {
    socket.send(text);
  } catch {
    // The socket closed under us; its close event is on the way, or the sweep will find it silent (HB2).
  }
}
