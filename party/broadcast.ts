import type * as Party from "partykit/server";
import { createAdminFeed, createMemberFeed } from "../core/feed";
import type { Known } from "../core/hello";
import type { PageQuery } from "../core/page-query";
import type { Room } from "../core/presence";
import { EVERYBODY, type Mode, type Scope, type ScopeKind } from "../core/scope";
import type { Audience } from "../core/terms";
import { inputPauseMs, reconnectSpreadMs, reconnectWithinMs } from "../core/timings";
import { Channel } from "./channel";
import type { Listener } from "./listener";
import { Outbox } from "./outbox";
import type { Numbering } from "./store";

/** How much a room tells at once. */
export interface BroadcastLimits {
  /** A room of more users is not sent whole (VW2). */
  readonly rosterLimit: number;
  /** UTF-16 code units that a client may leave unread (SE4). */
  readonly unreadLength: number;
}

/**
 * The room's sockets, and what they are told. Keeps its own index of them: the platform's deserialises every
 * attachment at each look, and throws when ids repeat.
 */
export class Broadcast {
  readonly #listeners = new Map<string, Listener>();
  readonly #unsynced = new Set<Listener>();
  readonly #channels: Readonly<Record<Audience, Channel>>;

  constructor(
    readonly room: Room,
    numbering: Numbering,
    readonly limits: BroadcastLimits,
  ) {
    const { epoch, memberSeq, adminSeq } = numbering;
    const { timings } = room;
    const told = {
      intervalMs: timings.intervalMs,
      inputPauseMs: inputPauseMs(timings),
      reconnectSpreadMs: reconnectSpreadMs(timings),
      reconnectWithinMs: reconnectWithinMs(timings),
    };
    this.#channels = {
      member: new Channel(createMemberFeed(room, epoch, memberSeq), told, limits.rosterLimit),
      admin: new Channel(createAdminFeed(room, epoch, adminSeq), told, limits.rosterLimit),
    };
  }

  get numbering(): Numbering {
    const { member, admin } = this.#channels;
    return { epoch: member.feed.epoch, memberSeq: member.feed.seq, adminSeq: admin.feed.seq };
  }

  /** Whether a socket waits for its sync. */
  get hasUnsynced(): boolean {
    return this.#unsynced.size > 0;
  }

  /** Adds a socket, which gets what it asks for with the next flush. */
  add(
    socket: Party.Connection,
    id: string,
    owner: Owner,
    asks: { scope: ScopeKind; known: Known | null },
  ): void {
    const listener = this.#newListener(socket, id, owner, asks.scope);
    listener.known = asks.known;
    this.#unsynced.add(listener);
  }

  /** Adds a socket that had its sync before the room slept. */
  keep(socket: Party.Connection, id: string, owner: Owner, mode: Mode): void {
    const listener = this.#newListener(socket, id, owner, mode === "pages" ? "roster" : mode);
    this.#channels[owner.audience].keep(listener, mode);
  }

  /** Takes a socket out and returns it. */
  remove(id: string): Party.Connection | null {
    const listener = this.#listeners.get(id);
    if (!listener) return null;
    this.#listeners.delete(id);
    this.#unsynced.delete(listener);
    this.#channels[listener.audience].drop(listener);
    return listener.socket;
  }

  get(id: string): Listener | undefined {
    return this.#listeners.get(id);
  }

  /** Gives a socket with the next flush all that its scope asks for, as at its start (SY4). */
  resync(id: string): void {
    const listener = this.#listeners.get(id);
    if (!listener) return;
    this.#channels[listener.audience].drop(listener);
    listener.hears = null;
    this.#unsynced.add(listener);
  }

  /** Changes what a socket hears; the sync of it comes with the next flush (VW1). */
  setScope(id: string, scope: Scope): void {
    const listener = this.#listeners.get(id);
    if (!listener) return;
    listener.scope = scope;
    this.resync(id);
  }

  /** Answers a request for a page at once. A socket that is sent everybody anyway has no pages (VW2). */
  turn(id: string, request: number, query: PageQuery, now: number): void {
    const listener = this.#listeners.get(id);
    if (!listener || listener.hears === "everybody" || this.#unsynced.has(listener)) return;
    if (listener.scope?.kind === "roster")
      this.#channels[listener.audience].turn(listener, request, query, now);
  }

  /** Has the next diff tell admins all of a user, whatever they are thought to know. */
  retell(userId: string): void {
    this.#channels.admin.retell(userId);
  }

  /**
   * Tells what changed to all who have had their sync and hear of it, then greets all who have not; each text
   * is encoded once (SY2). Whoever joins with others is told with them. Returns the number of frames sent.
   */
  flush(touched: ReadonlySet<string>, now: number): number {
    let frames = 0;
    for (const audience of ["member", "admin"] as const) {
      const channel = this.#channels[audience];
      frames += channel.tell(this.room, touched, now);
      for (const { id } of channel.outgrown()) this.resync(id);
    }
    for (const audience of ["member", "admin"] as const) {
      if (this.#unsynced.size === 0) break;
      const newcomers = [...this.#unsynced].filter((listener) => listener.audience === audience);
      this.#channels[audience].greet(newcomers, now);
      frames += newcomers.length;
    }
    this.#unsynced.clear();
    return frames;
  }

  /** The sockets that do not read what they are sent; each look may ask some of them whether they do (SE4). */
  stuck(now: number): string[] {
    const ids: string[] = [];
    for (const { id, outbox } of this.#listeners.values()) if (outbox.isStuck(now)) ids.push(id);
    return ids;
  }

  #newListener(socket: Party.Connection, id: string, { userId, audience }: Owner, kind: ScopeKind): Listener {
    const listener: Listener = {
      id,
      socket,
      outbox: new Outbox(socket, this.limits.unreadLength),
      userId,
      audience,
      scope: scopeOf(kind),
      known: null,
      hears: null,
    };
    this.#listeners.set(id, listener);
    return listener;
  }
}

/** Whose socket it is, and what they may see. */
interface Owner {
  readonly userId: string;
  readonly audience: Audience;
}

/** The scope of which only the kind is known: whom a watch list names has to be said. */
function scopeOf(kind: ScopeKind): Scope | null {
  switch (kind) {
    case "roster":
      return EVERYBODY;
    case "users":
      return null;
    case "summary":
    case "none":
      return { kind };
    default:
      return kind satisfies never;
  }
}
