import { Webhook } from "standardwebhooks";
import type { Transition } from "../core/room/history";
import type { ProcessHost } from "./host";
import type { LogEntry } from "./log";
import type { RoomStorage } from "./store/room-storage";
import type { WebhookTarget } from "./settings";
import type { Stats } from "../core/shared/api-answers";
import { TimeKeys } from "./store/time-keys";
import { outcomeOf, retryDelayMs, type Outcome } from "./webhook-outcome";

/** A message in storage. */
interface Message {
  readonly id: string;
  readonly createdAt: number;
  readonly body: string;
  readonly attempts: number;
  readonly dueAt: number;
}

/** A waiting message in memory. */
interface Waiting {
  readonly key: string;
  /** UTF-16 code units of its body. */
  readonly length: number;
}

const PREFIX = "webhook:";
/** The most changes in one message. */
const MAX_CHANGES = 500;
/** An attempt that takes longer has failed. */
const TIMEOUT_MS = 10_000;
/** A message is dropped and counted after this time. */
const GIVE_UP_MS = 24 * 3_600_000;
/** The most waiting messages of a room. Above it the oldest are dropped. */
const MAX_WAITING = 10_000;
/** The most text of all waiting messages, in UTF-16 code units, because a room's storage is limited. */
const MAX_WAITING_LENGTH = 16 * 1_024 * 1_024;
/** The wait after the storage could not be read. */
const UNREADABLE_MS = 5_000;
/**
 * After this many failures of a message the next one is tried, to find out whether the message or the receiver is at
 * fault.
 */
const ATTEMPTS_BEFORE_NEXT = 4;

/**
 * Sends status changes to one receiver in the Standard Webhooks form. Messages wait in storage, so that a crash loses
 * none, and go out one at a time in order. Presence never waits for them. A refused message is set aside for good,
 * because a later attempt would be out of order.
 */
export class Webhooks {
  /** The oldest first. */
  #waiting: Waiting[] = [];
  #waitingLength = 0;
  #dueAt: number | null = null;
  /** The receiver was gone. Until then nothing is sent. A room that has slept tries once more. */
  #pausedUntilAt = 0;
  #sending = false;
  #stopped = false;
  #keys = new TimeKeys(PREFIX);

  constructor(
    readonly storage: RoomStorage,
    readonly target: WebhookTarget,
    readonly stats: Stats,
    readonly host: Pick<ProcessHost, "random" | "randomId">,
    readonly log: (event: LogEntry["event"], message: string, error?: unknown) => void,
    /** The room's clock, for waits. Signatures use wall time (TM1, TM2). */
    readonly clock: { now(): number; wallAt(at: number): number },
    /** Called after an attempt. The figures have changed, and the next message may be due at another time. */
    readonly onSettled: (dueAt: number | null) => void,
  ) {}

  /** Reads the messages that wait in storage. */
  async open(): Promise<void> {
    const stored = await this.storage.list<Message>({ prefix: PREFIX });
    for (const [key, { body, dueAt }] of stored) {
      this.#dueAt ??= dueAt;
      this.#add({ key, length: body.length });
    }
    this.#keys = new TimeKeys(PREFIX, this.#waiting.at(-1)?.key);
  }

  /** Sends and writes nothing more, because the room is being deleted. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#dueAt = null;
  }

  /** When the next message is due; null without messages. */
  get dueAt(): number | null {
    return this.#sending ? null : this.#dueAt;
  }

  /** How many messages wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Queues the changes of a flush and starts to send. Does not wait. */
  push(room: string, transitions: readonly Transition[], now: number): void {
    for (let from = 0; from < transitions.length; from += MAX_CHANGES) {
      const changes = transitions.slice(from, from + MAX_CHANGES);
      const body = JSON.stringify({
        type: "presence.status_changed",
        timestamp: new Date(this.clock.wallAt(now)).toISOString(),
        data: { room, changes },
      });
      const message: Message = {
        id: `msg_${this.host.randomId()}`,
        createdAt: now,
        body,
        attempts: 0,
        dueAt: now,
      };
      const key = this.#keys.next(now);
      this.storage.put(key, message);
      this.#add({ key, length: body.length });
    }
    this.#dropExcess();
    this.#dueAt ??= now;
    void this.pump(now);
  }

  /** Sends due messages until none is left or the receiver fails. Never throws. */
  async pump(now: number): Promise<void> {
    if (this.#sending || this.#dueAt === null || now < this.#dueAt) return;
    this.#sending = true;
    try {
      while (await this.#sendFirst()) {
        // One at a time, so that the receiver gets the changes in order.
      }
    } catch (error) {
      this.log("webhooks-failed", "webhooks could not be sent", error);
      // The storage cannot be read. The message waits in it.
      this.#dueAt = this.clock.now() + UNREADABLE_MS;
    } finally {
      this.#sending = false;
      if (!this.#stopped) this.onSettled(this.#dueAt);
    }
  }

  /** Sends the first message if it is due. Returns whether to continue with the next. */
  async #sendFirst(): Promise<boolean> {
    // A message that a crash could erase must not go out: its change would go out again with another id.
    await this.storage.written;
    const first = this.#waiting[0];
    const message = first && (await this.storage.get<Message>(first.key));
    if (this.#stopped) return false;
    if (!first) {
      this.#dueAt = null;
      return false;
    }
    const now = this.clock.now();
    if (!message || now - message.createdAt > GIVE_UP_MS) {
      if (message) this.stats.webhooks.dropped += 1;
      this.#remove(first);
      return true;
    }
    const dueAt = Math.max(message.dueAt, this.#pausedUntilAt);
    if (now < dueAt) {
      this.#dueAt = dueAt;
      return false;
    }
    const outcome = await this.#deliver(message, now);
    if (this.#stopped) return false;
    if (outcome.kind !== "failed") return this.#settle(first, message, outcome);
    this.stats.webhooks.failed += 1;
    const attempts = message.attempts + 1;
    if (attempts >= ATTEMPTS_BEFORE_NEXT && (await this.#tryNext(first))) {
      this.#setAside(
        message,
        `was answered with ${outcome.why} ${attempts} times, and the next one was taken`,
      );
      this.#remove(first);
      return true;
    }
    if (this.#stopped || !this.#waiting.includes(first)) return false;
    this.#dueAt =
      this.clock.now() + Math.max(outcome.retryAfterMs, retryDelayMs(attempts, this.host.random()));
    this.storage.put(first.key, { ...message, attempts, dueAt: this.#dueAt });
    return false;
  }

  /** Removes a message that was delivered or refused. Returns whether to continue with the next. */
  #settle(waiting: Waiting, message: Message, outcome: Exclude<Outcome, { kind: "failed" }>): boolean {
    if (outcome.kind === "delivered") this.stats.webhooks.delivered += 1;
    else this.#setAside(message, `was refused with ${outcome.status}`);
    this.#remove(waiting);
    if (outcome.kind !== "refused" || outcome.pauseMs === 0) return true;
    this.log("webhooks-paused", "the receiver says that it is gone; the next attempt is in an hour");
    this.#pausedUntilAt = this.clock.now() + outcome.pauseMs;
    return true;
  }

  /**
   * Tries the message after the one that keeps failing. Returns whether it was delivered. Then the receiver works, and
   * the first message is at fault.
   */
  async #tryNext(first: Waiting): Promise<boolean> {
    const next = this.#waiting[this.#waiting.indexOf(first) + 1];
    const message = next && (await this.storage.get<Message>(next.key));
    if (!message || this.#stopped) return false;
    const outcome = await this.#deliver(message, this.clock.now());
    if (this.#stopped || outcome.kind === "failed") return false;
    if (outcome.kind === "delivered") this.stats.webhooks.delivered += 1;
    else this.#setAside(message, `was refused with ${outcome.status}`);
    this.#remove(next);
    return outcome.kind === "delivered";
  }

  #setAside({ id }: Message, why: string): void {
    this.stats.webhooks.refused += 1;
    this.log("webhook-set-aside", `message ${id} ${why}; it is set aside`);
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#waitingLength += waiting.length;
  }

  #remove(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    // It may have been removed in the meantime, by a deletion of the room or a full queue.
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    this.#waitingLength -= waiting.length;
    this.storage.delete(waiting.key);
  }

  /** Drops and counts the oldest messages above the limits. */
  #dropExcess(): void {
    while (this.#waiting.length > MAX_WAITING || this.#waitingLength > MAX_WAITING_LENGTH) {
      const oldest = this.#waiting[0];
      if (!oldest) return;
      this.stats.webhooks.dropped += 1;
      this.#remove(oldest);
    }
  }

  async #deliver({ id, body }: Message, now: number): Promise<Outcome> {
    const sentAt = new Date(this.clock.wallAt(now));
    const signature = new Webhook(this.target.secret).sign(id, sentAt, body);
    try {
      const answer = await fetch(this.target.url, {
        method: "POST",
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          "content-type": "application/json",
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1_000)),
          "webhook-signature": signature,
        },
      });
      // The response's body is not read.
      await answer.body?.cancel();
      return outcomeOf(answer.status, answer.headers.get("retry-after"), this.clock.wallAt(this.clock.now()));
    } catch {
      return { kind: "failed", why: "no answer", retryAfterMs: 0 };
    }
  }
}
