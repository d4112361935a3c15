import { CLOSE } from "../../core/shared/close-codes";
import type { ClientMessage } from "../../core/wire/protocol";
import type { Activity, Status } from "../../core/shared/terms";
import type { Timings } from "../../core/shared/timings";
import { CONFIRM_MS } from "../../server/testing/storage";

/** An alarm on time may be this late. */
export const ALARM_JITTER_MS = 20;
/** The room's alarm rests so long after it has rung (HB4). */
const ALARM_REST_MS = 20;
/** What is due may be done this late. */
const LATE_MS = ALARM_JITTER_MS + ALARM_REST_MS;

interface Known {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly sessionId: string | null;
  readonly observer: boolean;
  heardAt: number;
  inputAt: number;
  hiddenAt: number | null;
  /** Pings sent since it was heard. */
  pings: number;
  /** Why the server may close it, once it may. */
  mayClose: number | null;
}

interface Waiting {
  readonly clientId: string;
  readonly sessionId: string | null;
  readonly cause: "dropped" | "closed" | "restart";
  readonly active: boolean;
  untilAt: number;
}

interface Person {
  readonly connections: Map<string, Known>;
  graces: Waiting[];
  /** When each ended sign-in ended. */
  readonly signedOut: Map<string, number>;
  heardAt: number;
  readonly heardLately: number[];
  /** What is sure to be known of `heardAt`, whatever a crash has swallowed. */
  surelyHeardAt: number;
  changedAt: number;
  /** Until then a crash may have swallowed what happened right before it. */
  unsureUntilAt: number;
}

export interface Admitted {
  readonly profile: { readonly id: string };
  readonly sessionId: string | null;
  readonly clientId: string;
  readonly observer: boolean;
  readonly activity: Activity;
}

/**
 * What really happened at the server's end of every wire, and what the rules make of it. Shares no code with the room.
 */
export class Truth {
  readonly people = new Map<string, Person>();
  readonly problems: string[] = [];
  readonly #known = new Map<string, Known>();
  readonly #lates: { from: number; to: number }[] = [];
  #stoppedAt: number | null = null;

  constructor(
    readonly timings: Timings,
    readonly now: () => number,
    readonly count: (what: string) => void,
  ) {}

  /** Sign-ins that ended right before a crash, which the room may have forgotten. */
  readonly perhapsForgotten = new Set<string>();

  // What happens.

  connected(id: string, { profile, sessionId, clientId, observer, activity }: Admitted): void {
    const now = this.now();
    const known: Known = {
      id,
      userId: profile.id,
      clientId,
      sessionId,
      observer,
      heardAt: now,
      inputAt: -Infinity,
      hiddenAt: null,
      pings: 0,
      mayClose: null,
    };
    this.#known.set(id, known);
    const person = this.#person(profile.id);
    if (sessionId !== null && person.signedOut.has(sessionId)) {
      this.count("a signed-out token is refused");
      known.mayClose = CLOSE.signedOut;
      return;
    }
    report(known, activity, now);
    for (const other of this.#known.values()) {
      if (other === known || other.mayClose !== null || other.userId !== known.userId) continue;
      if (other.clientId !== clientId || other.observer !== observer) continue;
      this.count("a return replaces what it left");
      other.mayClose = CLOSE.replaced;
      this.#lose(other);
    }
    if (observer) return;
    if (person.graces.some((grace) => grace.clientId === clientId)) this.count("return within grace");
    if (person.graces.some((grace) => grace.cause === "restart")) this.count("return within restart grace");
    person.graces = person.graces.filter((grace) => grace.clientId !== clientId);
    person.connections.set(id, known);
    this.#hear(person, known);
  }

  heard(id: string, data: string): void {
    const known = this.#known.get(id);
    if (!known || known.mayClose !== null) return;
    const message = JSON.parse(data) as ClientMessage;
    const person = this.#person(known.userId);
    if ("idleMs" in message) report(known, message, this.now());
    this.#hear(person, known);
    if (message.type === "resync") this.problems.push(`[SY4] ${known.userId} saw a gap on an unbroken wire`);
    if (message.type === "leaving") this.#end(known, "closed", CLOSE.left);
    if (message.type === "signOut") this.#signOut(person, known);
  }

  /** The wire is gone at the server's end. */
  closed(id: string): void {
    const known = this.#known.get(id);
    this.#known.delete(id);
    if (known && known.mayClose === null) this.#end(known, "dropped", 0);
  }

  /** The room closed it: with a reason that the rules know. */
  closedByServer(id: string, code: number): void {
    const known = this.#known.get(id);
    if (!known || code === 1000) return;
    if (code === CLOSE.heartbeatMissed) return this.#foundDead(known);
    if (known.mayClose !== code)
      this.problems.push(`${known.userId}'s ${id} was closed with ${code} for no reason (${known.mayClose})`);
  }

  /** The room has told a connection something. */
  told(id: string, data: string): void {
    const known = this.#known.get(id);
    if (known && data.startsWith('{"type":"ping"')) known.pings += 1;
  }

  /** Something that was due at `from` came at `to`. */
  late(from: number, to: number): void {
    if (to - from <= ALARM_JITTER_MS) return;
    this.count("late alarms and stalls");
    this.#lates.push({ from, to });
  }

  /** Something that was due at `from` has not come yet: whoever knows when it has, says so. */
  lateSince(from: number): { from: number; to: number } {
    const late = { from, to: Infinity };
    this.count("late alarms and stalls");
    this.#lates.push(late);
    return late;
  }

  serverStops(): void {
    const now = this.now();
    // What has not been written, or not for long, may be lost.
    const since = this.excusedSince(now);
    const recent = since - this.timings.flushMs - CONFIRM_MS - 2 * LATE_MS;
    for (const person of this.people.values()) {
      if (this.#stoppedAt !== null) break;
      for (const [sessionId, at] of person.signedOut) if (at >= recent) this.perhapsForgotten.add(sessionId);
      if (person.changedAt >= recent || this.statuses(person, recent).size > 1 || now < person.unsureUntilAt)
        person.unsureUntilAt = Infinity;
      // Ended graces that are perhaps not swept yet.
      if (person.graces.some(({ untilAt }) => untilAt <= now && untilAt >= since))
        person.unsureUntilAt = Infinity;
      person.graces = person.graces.filter(({ untilAt }) => untilAt > now);
      const active = this.statusAt(person, now) === "online";
      if (person.connections.size > 0) {
        const grace = { clientId: "", sessionId: null, cause: "restart", active, untilAt: Infinity } as const;
        person.graces.push({ ...grace });
      }
      for (const grace of person.graces) grace.untilAt = Infinity;
      person.connections.clear();
      // What was heard in the last moments may not have been written.
      const writtenAt = person.heardLately.findLast((at) => at < recent) ?? -Infinity;
      person.surelyHeardAt = Math.min(person.surelyHeardAt, writtenAt - this.#provenWithinMs());
    }
    this.#known.clear();
    this.#stoppedAt ??= now;
  }

  /** The room wakes. After a stop, that is a restart (GR3). */
  serverStarts(servingSinceAt: number): void {
    if (this.#stoppedAt === null) return;
    this.count("restarts that a room woke from");
    this.#stoppedAt = null;
    const untilAt = servingSinceAt + this.timings.restartGraceMs;
    for (const person of this.people.values()) {
      for (const grace of person.graces) grace.untilAt = Math.min(grace.untilAt, untilAt);
      if (person.unsureUntilAt === Infinity) person.unsureUntilAt = untilAt + 1_000;
    }
    // Woken long after, it learns at once that the time is up.
    this.late(untilAt, this.now());
  }

  // What follows from it.

  /** What time alone may not have changed yet, since alarms are never quite on time. */
  excusedSince(now: number): number {
    let since = now - LATE_MS - 2;
    for (const { from, to } of this.#lates.toReversed())
      if (to >= since && from < since) since = from - LATE_MS - 2;
    return since;
  }

  /** All that may be shown of a person now, given that the clock may be looked at as of `since` or later. */
  statuses(person: Person, since: number): Set<Status> {
    const now = this.now();
    const found = new Set([this.statusAt(person, since), this.statusAt(person, now)]);
    const instants = person.graces.map(({ untilAt }) => untilAt);
    for (const known of person.connections.values()) instants.push(this.#idleAt(known));
    for (const at of instants) if (at > since && at <= now) found.add(this.statusAt(person, at));
    return found;
  }

  statusAt(person: Person, at: number): Status {
    const evidence: boolean[] = [];
    for (const known of person.connections.values()) evidence.push(at < this.#idleAt(known));
    for (const grace of person.graces) if (at < grace.untilAt) evidence.push(grace.active);
    if (evidence.includes(true)) return "online";
    return evidence.length > 0 ? "away" : "offline";
  }

  /** HB2: who must have been found dead by now. */
  overdue(): Known | null {
    const now = this.now();
    const { intervalMs, retryMs, misses } = this.timings;
    for (const known of this.#known.values()) {
      let bound = intervalMs + misses * retryMs + (misses + 2) * (LATE_MS + 2);
      for (const { from, to } of this.#lates)
        if (to > known.heardAt) bound += to - Math.max(from, known.heardAt) + retryMs + LATE_MS;
      if (known.mayClose === null && now - known.heardAt > bound) return known;
    }
    return null;
  }

  /**
   * DB2: by how much a crash may set `lastSeenAt` back. An alarm that was late makes its
   * round late. The rule says one interval: the proof tells the earliest of everybody's latest words, so that whoever
   * speaks out of turn, when others are about to be pinged, can lose most of a second one.
   */
  #provenWithinMs(): number {
    const { intervalMs, retryMs } = this.timings;
    const recent = this.now() - 3 * intervalMs;
    const lateMs = this.#lates.reduce(
      (sum, { from, to }) => sum + Math.max(0, to - Math.max(from, recent)),
      0,
    );
    return 2 * intervalMs + retryMs + CONFIRM_MS + lateMs;
  }

  #idleAt({ inputAt, hiddenAt }: Known): number {
    const { idleAfterMs, hiddenAwayAfterMs } = this.timings;
    return Math.min(inputAt + idleAfterMs, hiddenAt === null ? Infinity : hiddenAt + hiddenAwayAfterMs);
  }

  #hear(person: Person, known: Known): void {
    known.heardAt = this.now();
    known.pings = 0;
    if (known.observer) return;
    person.heardAt = this.now();
    person.surelyHeardAt = this.now();
    if (person.heardLately.push(this.now()) > 20) person.heardLately.shift();
    person.changedAt = this.now();
  }

  #end(known: Known, cause: "dropped" | "closed", code: number): void {
    const now = this.now();
    known.mayClose = code;
    this.#lose(known);
    if (known.observer) return;
    this.count(`${cause}, with grace`);
    const { graceMs, reloadGraceMs } = this.timings;
    const { clientId, sessionId } = known;
    const untilAt = now + (cause === "closed" ? reloadGraceMs : graceMs);
    const person = this.#person(known.userId);
    person.graces.push({ clientId, sessionId, cause, active: now < this.#idleAt(known), untilAt });
  }

  #signOut(person: Person, { sessionId, userId }: Known): void {
    this.count("sign-outs");
    for (const other of this.#known.values()) {
      if (other.userId !== userId || other.sessionId !== sessionId || other.mayClose !== null) continue;
      other.mayClose = CLOSE.signedOut;
      this.#lose(other);
    }
    person.graces = person.graces.filter((each) => each.sessionId !== sessionId && each.cause !== "restart");
    // Of who was only ever an observer a room keeps nothing, their signing out included.
    if (sessionId !== null && person.heardAt > -Infinity) person.signedOut.set(sessionId, this.now());
    person.changedAt = this.now();
  }

  #foundDead(known: Known): void {
    const { intervalMs, retryMs, misses } = this.timings;
    const silentMs = this.now() - known.heardAt;
    const least = intervalMs * 0.9 + misses * retryMs;
    if (known.mayClose !== null || silentMs < least || known.pings < misses)
      this.problems.push(
        `[HB2] ${known.userId} was found dead after ${silentMs} ms and ${known.pings} pings`,
      );
    this.count("found dead");
    known.mayClose = CLOSE.heartbeatMissed;
    this.#lose(known);
  }

  #lose(known: Known): void {
    const person = this.#person(known.userId);
    person.connections.delete(known.id);
    person.changedAt = this.now();
  }

  #person(id: string): Person {
    let person = this.people.get(id);
    if (!person) {
      person = {
        connections: new Map(),
        graces: [],
        signedOut: new Map(),
        heardLately: [],
        heardAt: -Infinity,
        surelyHeardAt: Infinity,
        changedAt: 0,
        unsureUntilAt: 0,
      };
      this.people.set(id, person);
    }
    return person;
  }
}

function report(known: Known, { idleMs, hiddenMs }: Activity, now: number): void {
  known.inputAt = Math.max(known.inputAt, now - idleMs);
  known.hiddenAt = hiddenMs === null ? null : now - hiddenMs;
}
