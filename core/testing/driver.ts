/** For tests only: calls core's functions for one room, at instants that the test chooses. */
import { nextDeadline } from "../room/deadlines";
import { step, type NewConnection, type RoomEvent } from "../room/step";
import { awaitReturns, proofOfLife, toRecord, wakeRoom, type UserRecord, type Waking } from "../room/records";
import { createRoom, type Changes, type Room } from "../room/room";
import type { SomeChoices } from "../shared/choices";
import type { Connection, UserState } from "../room/status";
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
  /** Each connection as it was when core last said that it changed: what a sleeping room has of it (HB5). */
  readonly #stored = new Map<string, Connection>();

  constructor(readonly timings: Timings = DEFAULT_TIMINGS) {
    this.room = createRoom(timings);
  }

  /** Lets something happen now. */
  happen(event: RoomEvent): Changes {
    const changes = step(this.room, event, this.now);
    for (const id of changes.connections) {
      const connection = this.room.connections.get(id);
      if (connection) this.#stored.set(id, structuredClone(connection));
    }
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

  /** The room sleeps and wakes with its connections (HB5). */
  hibernate(records = this.#records()): void {
    const connections = [...this.room.connections.keys()].flatMap((id) => this.#stored.get(id) ?? []);
    this.#wake({ records, connections, restarted: false });
  }

  /** The server ends and is back after `downMs`, without the connections (GR3). */
  crash(downMs: number): void {
    this.#wake({ records: this.#records(), connections: [], restarted: true }, this.now + downMs);
  }

  user(id = "ada"): UserState {
    const user = this.room.users.get(id);
    if (!user) throw new Error(`the room does not know ${id}`);
    return user;
  }

  connection(id: string): Connection {
    const connection = this.room.connections.get(id);
    if (!connection) throw new Error(`the room has no connection ${id}`);
    return connection;
  }

  #records(): UserRecord[] {
    return [...this.room.users.values()].map((user) => toRecord(user));
  }

  #wake(kept: Pick<Waking, "records" | "connections" | "restarted">, wokenAt = this.now): void {
    const proof = proofOfLife(this.room, this.now);
    this.now = wokenAt;
    this.room = restoreRoom(this.timings, { ...kept, proof, servingSinceAt: wokenAt }, wokenAt);
  }
}

/** The room as it was before it slept (HB5), or as a restart leaves it (GR3). */
export function restoreRoom(timings: Timings, waking: Waking, now: number): Room {
  const room = wakeRoom(timings, waking);
  awaitReturns(room, waking, now);
  return room;
}
