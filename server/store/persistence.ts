import { countTransition, type Presence, type Transition } from "../../core/room/history";
import {
  endMerge,
  record,
  settle,
  settlesAt,
  type Merge,
  type Pace,
  type Recorded,
} from "../../core/room/history-budget";
import type { Changes, Room } from "../../core/room/room";
import { proofOfLife, toRecord } from "../../core/room/records";
import { countByStatus } from "../../core/shared/roster-query";
import type { History } from "./history";
import type { Stats } from "../../core/shared/api-answers";
import { countChanges, countFlush, notePeak, readStats } from "../stats";
import type { Storage } from "./room-storage";
import { saveRoom, saveUsers, type Numbering, type Stored } from "./records";

/**
 * Collects what has to be written, and writes it once per flush: the records of changed users, the history of their
 * status, and the room's figures (DB1, DB2, DB3).
 */
export class Persistence {
  /** Users whose change has not been broadcast yet. */
  readonly touched = new Set<string>();
  /** Users whose change has been broadcast, and not been written yet. */
  readonly #unsaved = new Set<string>();
  readonly stats: Stats;
  readonly #transitions: Transition[] = [];
  readonly #merges: { userId: string; merge: Merge }[] = [];
  /** Users whose changes are being merged (DB5). */
  readonly #merging = new Map<string, Pace>();
  #counts: Presence;
  #provenAt: number;

  constructor(
    readonly storage: Storage,
    readonly room: Room,
    readonly history: History,
    { proof, stats }: Stored,
  ) {
    this.#provenAt = proof?.at ?? 0;
    this.stats = readStats(stats ?? undefined);
    this.#counts = this.#count();
  }

  /** Continues the stored figures and history, which could not be read at first (OP3). */
  adopt({ stats }: Stored): void {
    // The figures of the meantime are small, and are dropped.
    Object.assign(this.stats, stats);
    this.#counts = this.#count();
  }

  /** Counts users as the timeline has them. It lags behind for users whose changes are merged. */
  #count(): Presence {
    const users = [...this.room.users.values()];
    for (const { profile, pace } of users) if (pace.open) this.#merging.set(profile.id, pace);
    return countByStatus(users.map(({ status, pace }) => ({ status: pace.open?.recorded ?? status })));
  }

  /**
   * Whether the last proof is older than a round. A room whose clients all send something before they are pinged has no
   * rounds, and still needs proofs (DB2).
   */
  isProofDue(now: number): boolean {
    return this.room.connections.size > 0 && now - this.#provenAt >= this.room.timings.intervalMs;
  }

  /** Collects the changes of an event, for the next flush. */
  note(changes: Changes): void {
    countChanges(this.stats, changes, this.room.clock);
    for (const id of changes.users) this.touched.add(id);
    for (const transition of changes.transitions) this.#record(transition);
  }

  /** When the first merge ends; Infinity without merges. */
  get settlesAt(): number {
    let earliest = Infinity;
    for (const pace of this.#merging.values()) earliest = Math.min(earliest, settlesAt(pace));
    return earliest;
  }

  /** Ends the merges that are due (DB5). Returns whether there is something to write. */
  settle(now: number): boolean {
    let any = false;
    for (const [userId, pace] of this.#merging) {
      if (now < settlesAt(pace)) continue;
      this.#take(userId, settle(pace, userId, now), pace);
      this.#unsaved.add(userId);
      any = true;
    }
    return any;
  }

  #record(transition: Transition): void {
    const { userId } = transition;
    if (userId === null) return;
    const pace = this.room.users.get(userId)?.pace ?? this.#merging.get(userId);
    if (!pace) this.#transitions.push(transition);
    else this.#take(userId, record(pace, transition), pace);
    // The merge of a forgotten user ends now.
    if (pace && !this.room.users.has(userId)) this.#take(userId, endMerge(pace, userId, transition.at), pace);
  }

  #take(userId: string, { transition, merge }: Recorded, pace: Pace): void {
    if (transition) this.#transitions.push(transition);
    if (merge) this.#merges.push({ userId, merge });
    if (pace.open) this.#merging.set(userId, pace);
    else this.#merging.delete(userId);
  }

  /** Reports that the touched users have been broadcast. They remain to be written. */
  flushed(): void {
    if (this.touched.size > 0) countFlush(this.stats, this.touched.size);
    for (const id of this.touched) this.#unsaved.add(id);
    this.touched.clear();
  }

  /** Writes what was collected. Returns the status changes that it has added to the history. */
  save(numbering: Numbering, now: number): Transition[] {
    this.#saveRecords(numbering);
    return this.#saveHistory(numbering, now);
  }

  /**
   * Writes the room's proof of life and its figures (DB2). Records are written first: otherwise a crash in between
   * would give a user who was just found dead the proof of the others.
   */
  prove(numbering: Numbering, now: number): void {
    this.#saveRecords(numbering);
    this.#provenAt = now;
    const proof = proofOfLife(this.room, now);
    if (proof) saveRoom(this.storage, { proof });
    this.saveStats();
  }

  /** Writes the room's figures. */
  saveStats(): void {
    saveRoom(this.storage, { stats: this.stats });
  }

  /** Includes users whose change has not been broadcast yet, because the history and the proof include it. */
  #saveRecords(numbering: Numbering): void {
    const ids = new Set([...this.#unsaved, ...this.touched]);
    if (ids.size === 0) return;
    this.#unsaved.clear();
    const records = [];
    const forgotten: string[] = [];
    for (const id of ids) {
      const user = this.room.users.get(id);
      if (user) records.push(toRecord(user));
      else forgotten.push(id);
    }
    saveUsers(this.storage, records, forgotten);
    saveRoom(this.storage, { numbering });
  }

  #saveHistory(numbering: Numbering, now: number): Transition[] {
    for (const { userId, merge } of this.#merges.splice(0)) this.history.keepMerge(userId, merge);
    const transitions = this.#transitions.splice(0);
    if (transitions.length === 0) return transitions;
    this.history.append(this.#counts, transitions);
    for (const transition of transitions) {
      this.#counts = countTransition(this.#counts, transition);
      notePeak(this.stats, this.#counts.online, this.room.clock.wallAt(transition.at));
    }
    // The room is empty, so no heartbeat will write the figures later.
    if (this.room.connections.size === 0) this.prove(numbering, now);
    return transitions;
  }
}
