/**
 * For tests only: plays the platform around a room. It has the clock, keeps what a server keeps (users'
 * records, connections' attachments, the proof of life), each written only when the room says that it
 * changed, and lets the room sleep and crash.
 */
import { nextDeadline } from "../room/deadlines";
import { step, type NewConnection, type RoomEvent } from "../room/step";
import {
  awaitReturns,
  proofOfLife,
  toRecord,
  wakeRoom,
  type Proof,
  type UserRecord,
  type Waking,
} from "../room/records";
import { createRoom, type Changes, type Room } from "../room/room";
import type { SomeChoices } from "../shared/choices";
import type { Connection, User } from "../room/status";
import type { Activity, Profile } from "../shared/terms";
import { DEFAULT_TIMINGS, type Timings } from "../shared/timings";

/** When tests begin. An arbitrary instant, far from zero so that a forgotten field shows. */
export const START_AT = 1_700_000_000_000;

/** Short timings with the proportions of the defaults, so that much happens in few steps. */
export const SHORT_TIMINGS: Timings = {
  intervalMs: 1_000,
  retryMs: 300,
  misses: 3,
  graceMs: 1_000,
  reloadGraceMs: 600,
  restartGraceMs: 3_000,
  idleAfterMs: 8_000,
  hiddenAwayAfterMs: 4_000,
  flushMs: 100,
};

/** What a page says while its user is typing in it. */
export const TYPING: Activity = { idleMs: 0, hiddenMs: null };

export class Driver {
  room: Room;
  now = START_AT;
  /** When the current server began to serve. */
  servingSinceAt = START_AT;
  readonly records = new Map<string, UserRecord>();
  readonly attachments = new Map<string, Connection>();
  proof: Proof | null = null;

  constructor(readonly timings: Timings = DEFAULT_TIMINGS) {
    this.room = createRoom(timings);
  }

  /** Lets something happen now, and writes down what changed as a server would. */
  happen(event: RoomEvent): Changes {
    const awaitedBefore = this.room.awaited;
    const changes = step(this.room, event, this.now);
    this.save(changes.users);
    for (const id of changes.connections) {
      const connection = this.room.connections.get(id);
      if (connection) this.attachments.set(id, structuredClone(connection));
    }
    const allAnswered = awaitedBefore > 0 && this.room.awaited === 0;
    if (event.type === "sweep" || allAnswered) this.proof = proofOfLife(this.room, this.now) ?? this.proof;
    return changes;
  }

  connect(
    id: string,
    options: Partial<NewConnection> & { activity?: Activity; profile?: Partial<Profile> } = {},
  ): Changes {
    const { activity = TYPING, profile, ...given } = options;
    const userId = given.userId ?? "ada";
    const connection = {
      id,
      userId,
      clientId: `page of ${id}`,
      sessionId: null,
      observer: false,
      device: "Firefox",
      ...given,
    };
    return this.happen({
      type: "connect",
      connection,
      profile: { id: userId, name: userId, picture: null, ...profile },
      activity,
    });
  }

  hear(connectionId: string, activity?: Activity): Changes {
    return this.happen({ type: "heard", connectionId, ...(activity && { activity }) });
  }

  /** Answers the latest ping. */
  pong(connectionId: string, activity: Activity = TYPING): Changes {
    const pingAt = this.room.connections.get(connectionId)?.pingedAt ?? 0;
    return this.happen({ type: "heard", connectionId, activity, pingAt });
  }

  leave(connectionId: string): Changes {
    return this.happen({ type: "leaving", connectionId });
  }

  close(connectionId: string): Changes {
    return this.happen({ type: "close", connectionId });
  }

  signOut(connectionId: string, tokensForMs = 15 * 60_000): Changes {
    return this.happen({ type: "signOut", connectionId, tokensUntilAt: this.now + tokensForMs });
  }

  choose(connectionId: string, choices: SomeChoices): Changes {
    return this.happen({ type: "choose", connectionId, choices });
  }

  sweep(): Changes {
    return this.happen({ type: "sweep" });
  }

  /** Lets time pass, the alarm ringing at each deadline. Returns each sweep's changes with its instant. */
  pass(ms: number): { at: number; changes: Changes }[] {
    const sweeps: { at: number; changes: Changes }[] = [];
    const until = this.now + ms;
    for (let due = nextDeadline(this.room); due !== null && due <= until; due = nextDeadline(this.room)) {
      this.now = Math.max(this.now, due);
      sweeps.push({ at: this.now, changes: this.sweep() });
    }
    this.now = until;
    return sweeps;
  }

  /** Lets time pass like `pass`, while these connections answer each ping at once. */
  passAnswering(ms: number, answering: readonly string[], activity?: (now: number) => Activity): void {
    const until = this.now + ms;
    while (this.now < until) {
      const due = Math.min(nextDeadline(this.room) ?? until, until);
      for (const { changes } of this.pass(Math.max(0, due - this.now))) {
        for (const id of changes.pings) if (answering.includes(id)) this.pong(id, activity?.(this.now));
      }
    }
  }

  /** The room sleeps and wakes: its memory is gone, the sockets and what was written are not (HB5). */
  hibernate(): void {
    const live = [...this.room.connections.keys()];
    this.wake(
      live.flatMap((id) => structuredClone(this.attachments.get(id)) ?? []),
      false,
    );
  }

  /** The server is killed and is back after `downMs`: every socket is gone (GR3). */
  crash(downMs: number): void {
    this.now += downMs;
    this.servingSinceAt = this.now;
    this.wake([], true);
    // Who is waited for is no longer connected: until that is written, a second crash would mistake
    // the proof of others for theirs.
    this.save(this.room.users.keys());
  }

  user(id = "ada"): User {
    const user = this.room.users.get(id);
    if (!user) throw new Error(`the room does not know ${id}`);
    return user;
  }

  connection(id: string): Connection {
    const connection = this.room.connections.get(id);
    if (!connection) throw new Error(`the room has no connection ${id}`);
    return connection;
  }

  private save(ids: Iterable<string>): void {
    for (const id of ids) {
      const user = this.room.users.get(id);
      if (user) this.records.set(id, structuredClone(toRecord(user)));
      else this.records.delete(id);
    }
  }

  private wake(connections: readonly Connection[], restarted: boolean): void {
    const records = [...this.records.values()].map((record) => structuredClone(record));
    const waking = {
      records,
      connections,
      proof: structuredClone(this.proof),
      servingSinceAt: this.servingSinceAt,
      restarted,
    };
    this.room = restoreRoom(this.timings, waking, this.now);
  }
}

/** The room as it was before it slept (HB5), or as a restart leaves it (GR3). */
export function restoreRoom(timings: Timings, waking: Waking, now: number): Room {
  const room = wakeRoom(timings, waking);
  awaitReturns(room, waking, now);
  return room;
}
