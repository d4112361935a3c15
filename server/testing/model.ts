/**
 * For tests only: the rules of presence restated as naively as possible. The model keeps everything that ever happened
 * and recomputes every answer from the whole history; it shares no code with the state machine. What only a server can
 * know, it is told: which pings went out, when its alarm was due, how long it was held up, and when the room's clock
 * shows a wall time.
 */
import type { Activity, Availability, Status } from "../../core/shared/terms";
import type { Timings } from "../../core/shared/timings";

/** How a connection ended. `dead` means found dead by heartbeats, `lost` gone with its server. */
type End = "dropped" | "closed" | "replaced" | "signedOut" | "disconnected" | "dead" | "lost";

/** A repeated ping of a server that had overslept proves nothing and does not count. */
type Ping = { readonly what: "ping"; readonly at: number; readonly counts: boolean };
type Entry = Ping | { readonly what: "heard"; readonly at: number };

/** All that ever happened to one connection. */
export interface Life {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly sessionId: string | null;
  readonly observer: boolean;
  readonly log: Entry[];
  readonly reports: { readonly at: number; readonly activity: Activity }[];
  end: { readonly at: number; readonly how: End; readonly order: number } | null;
  readonly order: number;
}

interface SignOut {
  readonly userId: string;
  readonly sessionId: string | null;
  readonly connectionId: string;
  readonly order: number;
}

interface Restart {
  readonly userId: string;
  readonly status: Status;
  readonly at: number;
  readonly order: number;
}

export class Model {
  lives: Life[] = [];
  signOuts: SignOut[] = [];
  /** Who was connected when a server went down, as what, and when the next one began to serve. */
  restarts: Restart[] = [];
  readonly downs: { readonly downAt: number; readonly servingAt: number; readonly order: number }[] = [];
  readonly disconnects: { readonly userId: string; readonly order: number }[] = [];
  /** What each user chose last, and until when by the wall clock their message holds. */
  readonly chosen = new Map<string, { availability: Availability; untilAt: number | null }>();
  /** For each user, what was shown from when on. */
  readonly shown = new Map<string, { status: Status; sinceAt: number }[]>();
  private order = 0;

  constructor(
    readonly timings: Timings,
    /** The room's instant at which the wall clock shows this time. */
    readonly roomAt: (wall: number) => number,
  ) {}

  // What happens.

  connect(
    life: Pick<Life, "id" | "userId" | "clientId" | "sessionId" | "observer">,
    activity: Activity,
    now: number,
  ): boolean {
    const refused = this.signOuts.some(
      (each) => each.userId === life.userId && each.sessionId === life.sessionId && life.sessionId !== null,
    );
    if (refused) return false;
    for (const earlier of this.open()) {
      const same =
        earlier.clientId === life.clientId &&
        earlier.userId === life.userId &&
        earlier.observer === life.observer;
      if (same) this.end(earlier, "replaced", now);
    }
    const reports = [{ at: now, activity }];
    this.lives.push({ ...life, log: [{ what: "heard", at: now }], reports, end: null, order: this.order++ });
    return true;
  }

  heard(id: string, activity: Activity | undefined, now: number): void {
    const life = this.openLife(id);
    life?.log.push({ what: "heard", at: now });
    if (activity) life?.reports.push({ at: now, activity });
  }

  leaving(id: string, now: number): void {
    const life = this.openLife(id);
    life?.log.push({ what: "heard", at: now });
    if (life) this.end(life, "closed", now);
  }

  close(id: string, now: number): void {
    const life = this.openLife(id);
    if (life) this.end(life, "dropped", now);
  }

  signOut(id: string, now: number): void {
    const life = this.openLife(id);
    if (!life) return;
    const { userId, sessionId } = life;
    life.log.push({ what: "heard", at: now });
    for (const other of this.open()) {
      if (other.userId === userId && other.sessionId === sessionId) this.end(other, "signedOut", now);
    }
    // Of a user who was only ever an observer a room keeps nothing, their signing out included.
    if (!this.userIds().includes(userId)) return;
    this.signOuts.push({ userId, sessionId, connectionId: id, order: this.order++ });
  }

  choose(id: string, availability: Availability, untilAt: number | null, now: number): void {
    const life = this.openLife(id);
    life?.log.push({ what: "heard", at: now });
    if (life && !life.observer) this.chosen.set(life.userId, { availability, untilAt });
  }

  /** An admin ends all that a user has, graces included. */
  disconnect(userId: string, now: number): void {
    for (const life of this.openOf(userId)) this.end(life, "disconnected", now);
    this.disconnects.push({ userId, order: this.order++ });
  }

  /** As if the user had never been there; their dashboards are not theirs to lose. */
  forget(userId: string): void {
    this.lives = this.lives.filter((life) => life.userId !== userId || life.observer);
    this.signOuts = this.signOuts.filter((each) => each.userId !== userId);
    this.restarts = this.restarts.filter((each) => each.userId !== userId);
    this.shown.delete(userId);
    this.chosen.delete(userId);
  }

  /**
   * A sweep that was due at `dueAt`, by a server that was held up for `lateMs`. Returns who must have been found dead.
   */
  sweep(
    { dueAt, lateMs }: { dueAt: number | null; lateMs: number },
    pinged: readonly string[],
    now: number,
  ): { dead: Life[]; mustPing: Life[]; mayPing: Life[] } {
    const { intervalMs, retryMs, misses } = this.timings;
    const overslept = now - (dueAt ?? now) + lateMs > retryMs;
    const dead: Life[] = [];
    const mustPing: Life[] = [];
    const mayPing: Life[] = [];
    for (const life of this.open()) {
      const out = pingsOut(life);
      const last = out.at(-1);
      if (!last) {
        const silentMs = now - lastHeardAt(life);
        if (silentMs >= intervalMs) mustPing.push(life);
        else if (silentMs >= intervalMs - Math.floor(intervalMs / 10)) mayPing.push(life);
      } else if (now - last.at >= retryMs) {
        if (out.filter((each) => each.counts).length >= misses && !overslept) dead.push(life);
        else mustPing.push(life);
      }
    }
    for (const life of this.open()) {
      // The first ping of a silence always counts; a repeat counts unless the server itself was away.
      if (!pinged.includes(life.id)) continue;
      life.log.push({ what: "ping", at: now, counts: pingsOut(life).length === 0 || !overslept });
    }
    for (const life of dead) this.end(life, "dead", now);
    return { dead, mustPing, mayPing };
  }

  /** The server went down at `now` and another began to serve at `servingAt`. */
  crash(now: number, servingAt: number): void {
    for (const userId of this.userIds()) {
      const connected = this.openOf(userId).length > 0;
      if (connected)
        this.restarts.push({ userId, status: this.status(userId, now), at: servingAt, order: this.order++ });
    }
    for (const life of this.open()) this.end(life, "lost", now);
    this.downs.push({ downAt: now, servingAt, order: this.order++ });
  }

  /** Notes what is shown of each user now, as everybody's clocks go on. */
  observe(now: number): void {
    for (const userId of this.userIds()) {
      const log = this.shown.get(userId) ?? [];
      this.shown.set(userId, log);
      const status = this.status(userId, now);
      if (log.at(-1)?.status !== status) log.push({ status, sinceAt: now });
    }
  }

  // What follows from it.

  /** Everybody who was ever present: observers are nobody's presence. */
  userIds(): string[] {
    return [...new Set(this.lives.filter((life) => !life.observer).map((life) => life.userId))];
  }

  /** ST1, ST3: online if anything is active and they have not chosen away, offline if nothing is left after grace. */
  status(userId: string, now: number): Status {
    const evidence = [
      ...this.openOf(userId).map((life) => this.isActive(life, now)),
      ...this.gracesOf(userId, now).map((grace) => grace.active),
    ];
    if (evidence.length === 0) return "offline";
    if (this.chosen.get(userId)?.availability === "away") return "away";
    return evidence.includes(true) ? "online" : "away";
  }

  /** GR1, GR3: what is gone and still counts. */
  gracesOf(
    userId: string,
    now: number,
  ): { active: boolean; fromAt: number; untilAt: number; cause: End | "restart" }[] {
    const graces = [];
    for (const life of this.lives) {
      if (life.userId !== userId || life.observer || !life.end) continue;
      const { how, at, order } = life.end;
      if (how !== "dropped" && how !== "closed") continue;
      const returned = this.lives.some(
        (later) =>
          later.userId === userId &&
          !later.observer &&
          later.clientId === life.clientId &&
          later.order > order,
      );
      const signedOut = this.signOuts.some(
        (each) => each.userId === userId && each.sessionId === life.sessionId && each.order > order,
      );
      const disconnected = this.disconnects.some((each) => each.userId === userId && each.order > order);
      const { graceMs, reloadGraceMs } = this.timings;
      const untilAt = this.prolonged(order, at + (how === "closed" ? reloadGraceMs : graceMs));
      if (!returned && !signedOut && !disconnected && now < untilAt) {
        graces.push({ active: this.isActive(life, at), fromAt: at, untilAt, cause: how });
      }
    }
    for (const restart of this.restarts) {
      const endings = [...this.signOuts, ...this.disconnects];
      const signedOut = endings.some((each) => each.userId === userId && each.order > restart.order);
      const untilAt = this.prolonged(restart.order, restart.at + this.timings.restartGraceMs);
      if (restart.userId === userId && !signedOut && now < untilAt) {
        graces.push({
          active: restart.status === "online",
          fromAt: restart.at,
          untilAt,
          cause: "restart" as const,
        });
      }
    }
    return graces;
  }

  /** GR3: who was waited for when the server went down has its whole restart grace, too. */
  private prolonged(since: number, untilAt: number): number {
    let prolonged = untilAt;
    for (const { downAt, servingAt, order } of this.downs) {
      if (since < order && downAt < prolonged)
        prolonged = Math.max(prolonged, servingAt + this.timings.restartGraceMs);
    }
    return prolonged;
  }

  /** ST2: no input for long, or hidden for long, is idle. */
  isActive(life: Life, now: number): boolean {
    const hidden = hiddenAt(life);
    if (now - inputAt(life) >= this.timings.idleAfterMs) return false;
    return hidden === null || now - hidden < this.timings.hiddenAwayAfterMs;
  }

  /** ST6: the last instant anything of the user was heard. */
  lastSeenAt(userId: string): number {
    return Math.max(...this.livesOf(userId).map(lastHeardAt));
  }

  /** ST6: the last input on anything of the user. */
  lastActiveAt(userId: string): number {
    return Math.max(...this.livesOf(userId).map(inputAt));
  }

  /** HB4: the first instant after which time alone would change something. */
  deadline(now: number): number | null {
    const { intervalMs, retryMs, idleAfterMs, hiddenAwayAfterMs } = this.timings;
    const instants: number[] = [];
    for (const life of this.open()) {
      const lastPing = pingsOut(life).at(-1);
      instants.push(lastPing ? lastPing.at + retryMs : lastHeardAt(life) + intervalMs);
      if (life.observer || !this.isActive(life, now)) continue;
      instants.push(inputAt(life) + idleAfterMs);
      const hidden = hiddenAt(life);
      if (hidden !== null) instants.push(hidden + hiddenAwayAfterMs);
    }
    for (const userId of this.userIds())
      instants.push(...this.gracesOf(userId, now).map((grace) => grace.untilAt));
    // ST4: messages are cleared on time while anybody is there to see it.
    if (this.open().length > 0) {
      for (const userId of this.chosen.keys()) {
        const untilAt = this.messageUntilAt(userId);
        if (untilAt > now && untilAt < Infinity) instants.push(untilAt);
      }
    }
    return instants.length === 0 ? null : Math.min(...instants);
  }

  /** ST4: the instant at which the user's message is cleared. */
  messageUntilAt(userId: string): number {
    const { untilAt = -Infinity } = this.chosen.get(userId) ?? {};
    return untilAt === null ? Infinity : this.roomAt(untilAt);
  }

  open(): Life[] {
    return this.lives.filter((life) => !life.end);
  }

  openOf(userId: string): Life[] {
    return this.open().filter((life) => life.userId === userId && !life.observer);
  }

  livesOf(userId: string): Life[] {
    return this.lives.filter((life) => life.userId === userId && !life.observer);
  }

  private openLife(id: string): Life | undefined {
    return this.open().find((life) => life.id === id);
  }

  private end(life: Life, how: End, now: number): void {
    life.end = { at: now, how, order: this.order++ };
  }
}

/** HB1: anything that a client sends counts as hearing it. */
export function lastHeardAt(life: Life): number {
  return life.log.findLast((entry) => entry.what === "heard")?.at ?? -Infinity;
}

/** The pings since it was last heard. */
function pingsOut(life: Life): Ping[] {
  const lastHeard = life.log.findLastIndex((entry) => entry.what === "heard");
  return life.log.slice(lastHeard + 1).filter((entry) => entry.what === "ping");
}

/** The latest input that it ever reported. */
function inputAt(life: Life): number {
  return life.reports.reduce((latest, { at, activity }) => Math.max(latest, at - activity.idleMs), -Infinity);
}

/** Since when its page is hidden, by its latest report. */
export function hiddenAt(life: Life): number | null {
  const latest = life.reports.at(-1);
  if (!latest || latest.activity.hiddenMs === null) return null;
  return latest.at - latest.activity.hiddenMs;
}
