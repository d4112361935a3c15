import { createFeed } from "../../core/feed/feed";
import { DEFAULT_CHOICES } from "../../core/shared/choices";
import { encodeServerMessage } from "../../core/wire/encode";
import type { ResumePoint } from "../../core/wire/hello";
import type { HostSocket } from "../host";
import type { PageQuery } from "../../core/shared/page-query";
import type { ClientTimings } from "../../core/wire/protocol";
import type { Room } from "../../core/room/room";
import { EVERYBODY, type Mode, type Scope, type ScopeKind } from "../../core/shared/scope";
import type { UserState } from "../../core/room/status";
import type { Audience, Choices, Role } from "../../core/shared/terms";
import { inputPauseMs, reconnectSpreadMs, reconnectWithinMs } from "../../core/shared/timings";
import { audienceOf, isInvisible } from "../../core/room/visibility";
import { Channel } from "./channel";
import type { Subscriber } from "./subscriber";
import { Outbox } from "./outbox";
import type { Numbering } from "../store/records";

/** The limits of what a room sends. */
export interface BroadcastLimits {
  /** Rooms with more users are sent in pages (VW2). */
  readonly rosterLimit: number;
  /** How much a client may leave unread, in UTF-16 code units of text and bytes of deflated frames (SE4). */
  readonly unreadLength: number;
}

/** The user of a socket, and the role of their token. */
interface Owner {
  readonly userId: string;
  readonly role: Role;
}

/**
 * The room's subscribers, and what is sent to them. Keeps its own index of sockets: PartyKit's deserialises every
 * attachment at each use, and throws if ids repeat.
 */
export class Broadcast {
  readonly #subscribers = new Map<string, Subscriber>();
  readonly #unsynced = new Set<Subscriber>();
  readonly #timings: ClientTimings;
  readonly #admin: Channel;
  readonly #adminEpoch: string;
  #member: Channel;
  /** Exists only while it has subscribers (PR3). */
  #private: Channel | null = null;
  /** The number of subscribers to the private channel. */
  #inPrivate = 0;
  /** The number of subscribers that members may know of. */
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

  /** The number of sockets. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** The number of sockets that wait for their sync. */
  get unsynced(): number {
    return this.#unsynced.size;
  }

  /** Adds a socket. It gets its snapshot with the next flush. */
  add(socket: HostSocket, owner: Owner, asks: { scope: ScopeKind; resumeFrom: ResumePoint | null }): void {
    const wasAnybodySeen = this.#seen > 0;
    const subscriber = this.#newSubscriber(socket, owner, asks.scope);
    subscriber.resumeFrom = asks.resumeFrom;
    this.#unsynced.add(subscriber);
    if (subscriber.isSeen && !wasAnybodySeen) this.#beginNumbering();
  }

  /** Adds a socket that had its sync before the room hibernated. */
  rehydrate(socket: HostSocket, owner: Owner, mode: Mode): void {
    const subscriber = this.#newSubscriber(socket, owner, mode === "pages" ? "roster" : mode);
    this.#channelOf(subscriber.audience).rehydrate(subscriber, mode);
  }

  /** Removes a socket and returns it. */
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

  /** Sends a socket a new snapshot of its scope with the next flush (SY4). */
  resync(id: string): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    this.#drop(subscriber);
    subscriber.receives = null;
    // The resume point belongs to the scope with which the client connected.
    subscriber.resumeFrom = null;
    this.#unsynced.add(subscriber);
  }

  /** Changes a socket's scope. The sync follows with the next flush (VW1). */
  setScope(id: string, scope: Scope): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    subscriber.scope = scope;
    this.resync(id);
  }

  /**
   * Answers a request for a page: at once, or after the sync that the socket waits for. Outside the mode `pages` the
   * answer is an error (VW2).
   */
  servePage(id: string, request: number, query: PageQuery, now: number): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    if (this.#unsynced.has(subscriber)) {
      subscriber.asked = { request, query };
      return;
    }
    if (subscriber.scope?.kind === "roster" && subscriber.receives !== "everybody") {
      this.#channelOf(subscriber.audience).servePage(subscriber, request, query, now);
      return;
    }
    const detail = "pages are served in the mode pages alone";
    subscriber.outbox.send(encodeServerMessage({ type: "error", code: "noPages", detail, request }));
  }

  /** Sends admins the whole user with the next diff, whatever was sent before. */
  resendUser(userId: string): void {
    this.#admin.resendUser(userId);
  }

  /**
   * Sends a user's new choices to all their sockets except the one that chose, which gets an answer. Sockets whose
   * audience changes get a sync (ST3, ST4, PR3).
   */
  sendNewChoices(userId: string, chooser: string | null): void {
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

  /** Answers a socket that has chosen with the current choices (ST3). */
  answerChoice(id: string, request: number): void {
    const subscriber = this.#subscribers.get(id);
    if (subscriber) this.#sendChoices(subscriber, request);
  }

  /**
   * Sends the changes to all synced subscribers, and then snapshots to the others. Each text is encoded once (SY2).
   * Users who join together are sent together. Returns the number of frames.
   */
  flush(touched: ReadonlySet<string>, now: number): number {
    let frames = 0;
    for (const channel of [this.#member, this.#private, this.#admin]) {
      if (!channel) continue;
      frames += channel.sendDiff(this.room, touched, now);
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

  /** Returns the sockets that do not read. May ping some sockets to find out (SE4). */
  stuck(now: number): string[] {
    const ids: string[] = [];
    for (const { id, outbox } of this.#subscribers.values()) if (outbox.isStuck(now)) ids.push(id);
    return ids;
  }

  /**
   * Begins a new numbering when the first visible member connects. If the old one continued, members could conclude
   * that an invisible user or an observer has been there (PR1, PR2).
   */
  #beginNumbering(): void {
    this.#member = this.#newChannel(createFeed("member", this.room, this.chance.newEpoch(), 0));
    this.#private = null;
    this.#privateSeq = 0;
    for (const { id, role } of this.#subscribers.values()) if (role === "member") this.resync(id);
  }

  /** Derives a subscriber's audience, and whether members may know of it, from the user's choices. */
  #reclassify(subscriber: Subscriber, user: UserState | undefined): void {
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

  /** Closes the private channel without subscribers. It misses later changes, so it will continue with a new number. */
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

  /** Null for observers, who have no choices. */
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
      receives: null,
    };
    this.#subscribers.set(id, subscriber);
    this.#count(subscriber, 1);
    return subscriber;
  }
}

function isSeen(role: Role, user: UserState | undefined): boolean {
  return role === "member" && !(user && isInvisible(user));
}

/** The scope of a kind; null for a watch list, whose ids the client has to send. */
function scopeOf(kind: ScopeKind): Scope | null {
  if (kind === "roster") return EVERYBODY;
  return kind === "users" ? null : { kind };
}
