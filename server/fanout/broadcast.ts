import { createFeed } from "../../core/feed/feed";
import { DEFAULT_CHOICES } from "../../core/shared/choices";
import { encodeServerMessage } from "../../core/wire/encode";
import type { ResumePoint } from "../../core/wire/hello";
import type { HostSocket } from "../host";
import type { PageQuery } from "../../core/shared/page-query";
import type { ClientTimings } from "../../core/wire/protocol";
import type { Room } from "../../core/room/room";
import { EVERYBODY, type Mode, type Scope, type ScopeKind } from "../../core/shared/scope";
import type { User } from "../../core/room/status";
import type { Audience, Choices, Role } from "../../core/shared/terms";
import { inputPauseMs, reconnectSpreadMs, reconnectWithinMs } from "../../core/shared/timings";
import { audienceOf, isInvisible } from "../../core/room/visibility";
import { Channel } from "./channel";
import type { Subscriber } from "./subscriber";
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
  readonly #subscribers = new Map<string, Subscriber>();
  readonly #unsynced = new Set<Subscriber>();
  readonly #timings: ClientTimings;
  readonly #admin: Channel;
  readonly #adminEpoch: string;
  #member: Channel;
  /** Exists only while somebody hears it (PR3). */
  #private: Channel | null = null;
  /** How many subscribers hear it. */
  #inPrivate = 0;
  /** How many subscribers members may know of. */
  #seen = 0;
  #privateSeq: number;

  constructor(
    readonly room: Room,
    numbering: Numbering,
    readonly limits: BroadcastLimits,
    readonly chance: { newEpoch(): string; random(): number },
  ) {
    const { epoch, memberSeq, privateSeq, adminEpoch, adminSeq } = numbering;
    const { timings } = room;
    this.#timings = {
      intervalMs: timings.intervalMs,
      inputPauseMs: inputPauseMs(timings),
      reconnectSpreadMs: reconnectSpreadMs(timings),
      reconnectWithinMs: reconnectWithinMs(timings),
    };
    this.#member = this.#newChannel(createFeed("member", room, epoch, memberSeq));
    this.#admin = this.#newChannel(createFeed("admin", room, adminEpoch, adminSeq));
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
    return this.#subscribers.size;
  }

  /** How many sockets wait for their sync. */
  get unsynced(): number {
    return this.#unsynced.size;
  }

  /** Adds a socket, which gets what it asks for with the next flush. */
  add(socket: HostSocket, owner: Owner, asks: { scope: ScopeKind; resumeFrom: ResumePoint | null }): void {
    const wasAnybodySeen = this.#seen > 0;
    const subscriber = this.#newSubscriber(socket, owner, asks.scope);
    subscriber.resumeFrom = asks.resumeFrom;
    this.#unsynced.add(subscriber);
    if (subscriber.isSeen && !wasAnybodySeen) this.#beginNumbering();
  }

  /** Adds a socket that had its sync before the room slept. */
  rehydrate(socket: HostSocket, owner: Owner, mode: Mode): void {
    const subscriber = this.#newSubscriber(socket, owner, mode === "pages" ? "roster" : mode);
    this.#channelOf(subscriber.audience).rehydrate(subscriber, mode);
  }

  /** Takes a socket out and returns it. */
  remove(id: string): HostSocket | null {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return null;
    this.#subscribers.delete(id);
    this.#count(subscriber, -1);
    this.#unsynced.delete(subscriber);
    this.#drop(subscriber);
    return subscriber.socket;
  }

  get(id: string): Subscriber | undefined {
    return this.#subscribers.get(id);
  }

  /** Gives a socket with the next flush all that its scope asks for, as at its start (SY4). */
  resync(id: string): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    this.#drop(subscriber);
    subscriber.hears = null;
    // The resume point was for what the client asked for as it connected.
    subscriber.resumeFrom = null;
    this.#unsynced.add(subscriber);
  }

  /** Changes what a socket hears; the sync of it comes with the next flush (VW1). */
  setScope(id: string, scope: Scope): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    subscriber.scope = scope;
    this.resync(id);
  }

  /**
   * Answers a request for a page: at once, or after the sync that the socket is owed. Outside the mode `pages` the
   * answer is an error (VW2).
   */
  servePage(id: string, request: number, query: PageQuery, now: number): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    if (this.#unsynced.has(subscriber)) {
      subscriber.asked = { request, query };
      return;
    }
    if (subscriber.scope?.kind === "roster" && subscriber.hears !== "everybody") {
      this.#channelOf(subscriber.audience).servePage(subscriber, request, query, now);
      return;
    }
    const detail = "pages are served in the mode pages alone";
    subscriber.outbox.send(encodeServerMessage({ type: "error", code: "noPages", detail, request }));
  }

  /** Has the next diff tell admins all of a user, whatever they are thought to know. */
  resendUser(userId: string): void {
    this.#admin.resendUser(userId);
  }

  /**
   * A user's choices are others now: tells all of their sockets but the one that chose, which is answered, and
   * gives those a sync whose audience is another one (ST3, ST4, PR3).
   */
  tellChoices(userId: string, chooser: string | null): void {
    const user = this.room.users.get(userId);
    const wasAnybodySeen = this.#seen > 0;
    for (const id of user?.connections.keys() ?? []) {
      const subscriber = this.#subscribers.get(id);
      if (!subscriber) continue;
      this.#reclassify(subscriber, user);
      if (id !== chooser) this.#sendChoices(subscriber, undefined);
    }
    if (!wasAnybodySeen && this.#seen > 0) this.#beginNumbering();
  }

  /** Answers a socket that has chosen with what now holds (ST3). */
  answerChoice(id: string, request: number): void {
    const subscriber = this.#subscribers.get(id);
    if (subscriber) this.#sendChoices(subscriber, request);
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
      const newcomers = [...this.#unsynced].filter((subscriber) => subscriber.audience === audience);
      if (newcomers.length > 0) this.#channelOf(audience).sendSnapshots(newcomers, now);
      frames += newcomers.length;
    }
    const synced = [...this.#unsynced];
    this.#unsynced.clear();
    for (const subscriber of synced) {
      if (!subscriber.asked) continue;
      const { request, query } = subscriber.asked;
      subscriber.asked = null;
      this.servePage(subscriber.id, request, query, now);
    }
    return frames;
  }

  /** The sockets that do not read what they are sent; each look may ask some of them whether they do (SE4). */
  stuck(now: number): string[] {
    const ids: string[] = [];
    for (const { id, outbox } of this.#subscribers.values()) if (outbox.isStuck(now)) ids.push(id);
    return ids;
  }

  /**
   * Begins a new numbering with the first member of whom others may know. That the old one goes on would tell
   * them that somebody has been there all the time, who is invisible or an observer (PR1, PR2).
   */
  #beginNumbering(): void {
    this.#member = this.#newChannel(createFeed("member", this.room, this.chance.newEpoch(), 0));
    this.#private = null;
    this.#privateSeq = 0;
    for (const { id, role } of this.#subscribers.values()) if (role === "member") this.resync(id);
  }

  /** Derives from the user's choices what a subscriber may hear, and whether members may know of it. */
  #reclassify(subscriber: Subscriber, user: User | undefined): void {
    const audience = audienceOf(subscriber.role, user);
    const isMoved = audience !== subscriber.audience;
    if (isMoved) this.#drop(subscriber);
    this.#count(subscriber, -1);
    subscriber.isSeen = isSeen(subscriber.role, user);
    subscriber.audience = audience;
    this.#count(subscriber, 1);
    if (!isMoved) return;
    this.#closePrivate();
    this.resync(subscriber.id);
  }

  #count({ isSeen: seen, audience }: Subscriber, by: 1 | -1): void {
    if (seen) this.#seen += by;
    if (audience === "private") this.#inPrivate += by;
  }

  #drop(subscriber: Subscriber): void {
    const channel = subscriber.audience === "private" ? this.#private : this.#channelOf(subscriber.audience);
    channel?.drop(subscriber);
    this.#closePrivate();
  }

  /** Nobody hears the private channel any more. It will miss what happens from now on, so it goes on with a new number. */
  #closePrivate(): void {
    if (!this.#private || this.#inPrivate > 0) return;
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
        return (this.#private ??= this.#newChannel(
          createFeed("private", this.room, epoch, this.#privateSeq),
        ));
      }
      default:
        return audience satisfies never;
    }
  }

  #newChannel(feed: Channel["feed"]): Channel {
    return new Channel(feed, this.room.clock, this.#timings, this.limits.rosterLimit, (subscriber) =>
      this.#choicesOf(subscriber),
    );
  }

  /** Null for observers, who have nothing to choose for. */
  #choicesOf({ id, userId }: Subscriber): Choices | null {
    if (this.room.connections.get(id)?.observer) return null;
    return this.room.users.get(userId)?.choices ?? null;
  }

  #sendChoices(subscriber: Subscriber, request: number | undefined): void {
    const choices = this.#choicesOf(subscriber) ?? DEFAULT_CHOICES;
    subscriber.outbox.send(encodeServerMessage({ type: "choices", request, ...choices }));
  }

  #newSubscriber(socket: HostSocket, { userId, role }: Owner, kind: ScopeKind): Subscriber {
    const { id } = socket;
    const user = this.room.users.get(userId);
    const subscriber: Subscriber = {
      id,
      socket,
      outbox: new Outbox(socket, this.limits.unreadLength, this.chance.random),
      userId,
      role,
      audience: audienceOf(role, user),
      isSeen: isSeen(role, user),
      scope: scopeOf(kind),
      resumeFrom: null,
      asked: null,
      hears: null,
    };
    this.#subscribers.set(id, subscriber);
    this.#count(subscriber, 1);
    return subscriber;
  }
}

function isSeen(role: Role, user: User | undefined): boolean {
  return role === "member" && !(user && isInvisible(user));
}

/** The scope of which only the kind is resumeFrom: whom a watch list names has to be said. */
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
