import type * as Party from "partykit/server";
import { createAdminFeed, createMemberFeed, createPrivateFeed } from "../../core/feed/feed";
import { DEFAULT_CHOICES } from "../../core/shared/choices";
import { encodeServerMessage } from "../../core/wire/encode";
import type { Known } from "../../core/wire/hello";
import type { PageQuery } from "../../core/shared/page-query";
import type { ClientTimings } from "../../core/wire/protocol";
import type { Room } from "../../core/room/room";
import { EVERYBODY, type Mode, type Scope, type ScopeKind } from "../../core/shared/scope";
import type { User } from "../../core/room/status";
import type { Audience, Choices, Role } from "../../core/shared/terms";
import { inputPauseMs, reconnectSpreadMs, reconnectWithinMs } from "../../core/shared/timings";
import { audienceOf } from "../../core/room/visibility";
import { Channel } from "./channel";
import type { Listener } from "./subscriber";
import { Outbox } from "./outbox";
import type { Numbering } from "../store/records";

/** How much a room tells at once. */
export interface BroadcastLimits {
  /** A room of more users is not sent whole (VW2). */
  readonly rosterLimit: number;
  /** What a client may leave unread: UTF-16 code units of text, bytes of what is deflated (SE4). */
  readonly unreadLength: number;
}

/** Whose socket it is, and what their token lets them be. */
interface Owner {
  readonly userId: string;
  readonly role: Role;
}

/**
 * The room's sockets, and what they are told. Keeps its own index of them: the platform's deserialises every
 * attachment at each look, and throws when ids repeat.
 */
export class Broadcast {
  readonly #listeners = new Map<string, Listener>();
  readonly #unsynced = new Set<Listener>();
  readonly #timings: ClientTimings;
  readonly #admin: Channel;
  readonly #adminEpoch: string;
  #member: Channel;
  /** There is one only while somebody hears it (PR3). */
  #private: Channel | null = null;
  #privateSeq: number;

  constructor(
    readonly room: Room,
    numbering: Numbering,
    readonly limits: BroadcastLimits,
    readonly newEpoch: () => string,
  ) {
    const { epoch, memberSeq, privateSeq, adminEpoch, adminSeq } = numbering;
    const { timings } = room;
    this.#timings = {
      intervalMs: timings.intervalMs,
      inputPauseMs: inputPauseMs(timings),
      reconnectSpreadMs: reconnectSpreadMs(timings),
      reconnectWithinMs: reconnectWithinMs(timings),
    };
    this.#member = this.#newChannel(createMemberFeed(room, epoch, memberSeq));
    this.#admin = this.#newChannel(createAdminFeed(room, adminEpoch, adminSeq));
    this.#adminEpoch = adminEpoch;
    this.#privateSeq = privateSeq;
  }

  get numbering(): Numbering {
    const { epoch, seq } = this.#member.feed;
    return {
      epoch,
      memberSeq: seq,
      privateSeq: this.#private?.feed.seq ?? this.#privateSeq,
      adminEpoch: this.#adminEpoch,
      adminSeq: this.#admin.feed.seq,
    };
  }

  /** How many sockets there are. */
  get size(): number {
    return this.#listeners.size;
  }

  /** How many sockets wait for their sync. */
  get unsynced(): number {
    return this.#unsynced.size;
  }

  /** Adds a socket, which gets what it asks for with the next flush. */
  add(
    socket: Party.Connection,
    id: string,
    owner: Owner,
    asks: { scope: ScopeKind; known: Known | null },
  ): void {
    const wasAnybodySeen = this.#isAnybodySeen();
    const listener = this.#newListener(socket, id, owner, asks.scope);
    listener.known = asks.known;
    this.#unsynced.add(listener);
    if (listener.isSeen && !wasAnybodySeen) this.#beginAnew();
  }

  /** Adds a socket that had its sync before the room slept. */
  keep(socket: Party.Connection, id: string, owner: Owner, mode: Mode): void {
    const listener = this.#newListener(socket, id, owner, mode === "pages" ? "roster" : mode);
    this.#channelOf(listener.audience).keep(listener, mode);
  }

  /** Takes a socket out and returns it. */
  remove(id: string): Party.Connection | null {
    const listener = this.#listeners.get(id);
    if (!listener) return null;
    this.#listeners.delete(id);
    this.#unsynced.delete(listener);
    this.#drop(listener);
    return listener.socket;
  }

  get(id: string): Listener | undefined {
    return this.#listeners.get(id);
  }

  /** Gives a socket with the next flush all that its scope asks for, as at its start (SY4). */
  resync(id: string): void {
    const listener = this.#listeners.get(id);
    if (!listener) return;
    this.#drop(listener);
    listener.hears = null;
    // The resume point was for what the client asked for as it connected.
    listener.known = null;
    this.#unsynced.add(listener);
  }

  /** Changes what a socket hears; the sync of it comes with the next flush (VW1). */
  setScope(id: string, scope: Scope): void {
    const listener = this.#listeners.get(id);
    if (!listener) return;
    listener.scope = scope;
    this.resync(id);
  }

  /**
   * Answers a request for a page: at once, or after the sync that the socket is owed. Outside the mode `pages` the
   * answer is an error (VW2).
   */
  turn(id: string, request: number, query: PageQuery, now: number): void {
    const listener = this.#listeners.get(id);
    if (!listener) return;
    if (this.#unsynced.has(listener)) {
      listener.asked = { request, query };
      return;
    }
    if (listener.scope?.kind === "roster" && listener.hears !== "everybody") {
      this.#channelOf(listener.audience).turn(listener, request, query, now);
      return;
    }
    const detail = "pages are served in the mode pages alone";
    listener.outbox.send(encodeServerMessage({ type: "error", code: "noPages", detail, request }));
  }

  /** Has the next diff tell admins all of a user, whatever they are thought to know. */
  retell(userId: string): void {
    this.#admin.retell(userId);
  }

  /**
   * A user's choices are others now: tells all of their sockets but the one that chose, which is answered, and
   * gives those a sync whose audience is another one (ST3, ST4, PR3).
   */
  tellChoices(userId: string, chooser: string | null): void {
    const user = this.room.users.get(userId);
    const wasAnybodySeen = this.#isAnybodySeen();
    for (const id of user?.connections.keys() ?? []) {
      const listener = this.#listeners.get(id);
      if (!listener) continue;
      listener.isSeen = isSeen(listener.role, user);
      this.#setAudience(listener, audienceOf(listener.role, user));
      if (id !== chooser) this.#sendChoices(listener, undefined);
    }
    if (!wasAnybodySeen && this.#isAnybodySeen()) this.#beginAnew();
  }

  /** Answers a socket that has chosen with what now holds (ST3). */
  answerChoice(id: string, request: number): void {
    const listener = this.#listeners.get(id);
    if (listener) this.#sendChoices(listener, request);
  }

  /**
   * Tells what changed to all who have had their sync and hear of it, then greets all who have not; each text
   * is encoded once (SY2). Whoever joins with others is told with them. Returns the number of frames sent.
   */
  flush(touched: ReadonlySet<string>, now: number): number {
    let frames = 0;
    for (const channel of [this.#member, this.#private, this.#admin]) {
      if (!channel) continue;
      frames += channel.tell(this.room, touched, now);
      for (const { id } of channel.outgrown()) this.resync(id);
    }
    for (const audience of ["member", "private", "admin"] as const) {
      if (this.#unsynced.size === 0) break;
      const newcomers = [...this.#unsynced].filter((listener) => listener.audience === audience);
      if (newcomers.length > 0) this.#channelOf(audience).greet(newcomers, now);
      frames += newcomers.length;
    }
    const greeted = [...this.#unsynced];
    this.#unsynced.clear();
    for (const listener of greeted) {
      if (!listener.asked) continue;
      const { request, query } = listener.asked;
      listener.asked = null;
      this.turn(listener.id, request, query, now);
    }
    return frames;
  }

  /** The sockets that do not read what they are sent; each look may ask some of them whether they do (SE4). */
  stuck(now: number): string[] {
    const ids: string[] = [];
    for (const { id, outbox } of this.#listeners.values()) if (outbox.isStuck(now)) ids.push(id);
    return ids;
  }

  /**
   * Begins a new numbering with the first member of whom others may know. That the old one goes on would tell
   * them that somebody has been there all the time, who is invisible or an observer (PR1, PR2).
   */
  #beginAnew(): void {
    this.#member = this.#newChannel(createMemberFeed(this.room, this.newEpoch(), 0));
    this.#private = null;
    this.#privateSeq = 0;
    for (const { id, role } of this.#listeners.values()) if (role === "member") this.resync(id);
  }

  #isAnybodySeen(): boolean {
    for (const listener of this.#listeners.values()) if (listener.isSeen) return true;
    return false;
  }

  #setAudience(listener: Listener, audience: Audience): void {
    if (audience === listener.audience) return;
    this.#drop(listener);
    listener.audience = audience;
    this.#closePrivate();
    this.resync(listener.id);
  }

  #drop(listener: Listener): void {
    const channel = listener.audience === "private" ? this.#private : this.#channelOf(listener.audience);
    channel?.drop(listener);
    this.#closePrivate();
  }

  /** Nobody hears it any more: what happens from now on is missing in it, so its next number is another one. */
  #closePrivate(): void {
    if (!this.#private) return;
    for (const { audience } of this.#listeners.values()) if (audience === "private") return;
    this.#privateSeq = this.#private.feed.seq + 1;
    this.#private = null;
  }

  #channelOf(audience: Audience): Channel {
    switch (audience) {
      case "member":
        return this.#member;
      case "admin":
        return this.#admin;
      case "private": {
        const { epoch } = this.#member.feed;
        return (this.#private ??= this.#newChannel(createPrivateFeed(this.room, epoch, this.#privateSeq)));
      }
      default:
        return audience satisfies never;
    }
  }

  #newChannel(feed: Channel["feed"]): Channel {
    return new Channel(feed, this.room.clock, this.#timings, this.limits.rosterLimit, (listener) =>
      this.#choicesOf(listener),
    );
  }

  /** Null for observers, who have nothing to choose for. */
  #choicesOf({ id, userId }: Listener): Choices | null {
    if (this.room.connections.get(id)?.observer) return null;
    return this.room.users.get(userId)?.choices ?? null;
  }

  #sendChoices(listener: Listener, request: number | undefined): void {
    const choices = this.#choicesOf(listener) ?? DEFAULT_CHOICES;
    listener.outbox.send(encodeServerMessage({ type: "choices", request, ...choices }));
  }

  #newListener(socket: Party.Connection, id: string, { userId, role }: Owner, kind: ScopeKind): Listener {
    const user = this.room.users.get(userId);
    const listener: Listener = {
      id,
      socket,
      outbox: new Outbox(socket, this.limits.unreadLength),
      userId,
      role,
      audience: audienceOf(role, user),
      isSeen: isSeen(role, user),
      scope: scopeOf(kind),
      known: null,
      asked: null,
      hears: null,
    };
    this.#listeners.set(id, listener);
    return listener;
  }
}

function isSeen(role: Role, user: User | undefined): boolean {
  return role === "member" && user?.choices.availability !== "invisible";
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
