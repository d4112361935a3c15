import type * as Party from "partykit/server";
import { Webhook } from "standardwebhooks";
import type { Transition } from "../core/history";
import type { Stats } from "./stats";
import { UNCONFIRMED } from "./store";
import { TimeKeys } from "./time-keys";

/** Where status changes are pushed to, and the secret (`whsec_…`) they are signed with. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** A message as it waits in storage. */
interface Message {
  readonly id: string;
  readonly createdAt: number;
  readonly body: string;
  readonly attempts: number;
  readonly dueAt: number;
}

const PREFIX = "webhook:";
/** Changes in one message; more make several. */
const MAX_CHANGES = 500;
/** A receiver that takes longer than this has failed. */
const TIMEOUT_MS = 10_000;
/** After this long a message is given up and counted as dropped. */
const GIVE_UP_MS = 24 * 3_600_000;
/** Messages that may wait; a day of a busy room. Above it the oldest are dropped. */
const MAX_WAITING = 10_000;
const RETRY_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000] as const;

/** How long to wait after so many failed attempts: growing, and spread by up to a fifth. */
export function retryDelayMs(attempts: number, random: number): number {
  const base = RETRY_MS[Math.min(attempts, RETRY_MS.length) - 1] ?? RETRY_MS[0];
  return Math.round(base * (0.9 + 0.2 * random));
}

/**
 * Pushes status changes to one receiver in the Standard Webhooks form. Messages wait in storage, so that a
 * crash loses none, and go out one at a time in order; presence never waits for them.
 */
export class Webhooks {
  #count = 0;
  #dueAt: number | null = null;
  #sending = false;
  #keys = new TimeKeys(PREFIX);

  constructor(
    readonly storage: Party.Storage,
    readonly target: WebhookTarget,
    readonly stats: Stats,
    /** The room's clock: what waits and what is given up is measured by it, and signed in wall time (TM1, TM2). */
    readonly clock: { now(): number; wallAt(at: number): number },
    /** Called when the next message becomes due at another instant than before. */
    readonly onDue: (at: number) => void,
  ) {}

  /** Looks what waits since before the room slept. */
  async open(): Promise<void> {
    const waiting = await this.storage.list<Message>({ prefix: PREFIX });
    this.#count = waiting.size;
    for (const message of waiting.values()) {
      this.#dueAt = message.dueAt;
      break;
    }
    this.#keys = new TimeKeys(PREFIX, [...waiting.keys()].at(-1));
  }

  /** When the next message is due; null when none waits. */
  get dueAt(): number | null {
    return this.#sending ? null : this.#dueAt;
  }

  /** Queues the changes of a flush and begins to send, without waiting for anything. */
  push(room: string, transitions: readonly Transition[], now: number): void {
    for (let from = 0; from < transitions.length; from += MAX_CHANGES) {
      const changes = transitions.slice(from, from + MAX_CHANGES);
      const body = JSON.stringify({
        type: "presence.status_changed",
        timestamp: new Date(this.clock.wallAt(now)).toISOString(),
        data: { room, changes },
      });
      const message: Message = {
        id: `msg_${crypto.randomUUID()}`,
        createdAt: now,
        body,
        attempts: 0,
        dueAt: now,
      };
      void this.storage.put(this.#keys.next(now), message, UNCONFIRMED);
      this.#count += 1;
    }
    this.#dueAt ??= now;
    void this.pump(now);
  }

  /** Sends what is due, until nothing is, or the receiver fails. Never throws. */
  async pump(now: number): Promise<void> {
    if (this.#sending || this.#dueAt === null || now < this.#dueAt) return;
    this.#sending = true;
    try {
      while (await this.#sendFirst()) {
        // One after the other: receivers get the changes in order.
      }
    } catch (error) {
      console.error("webhooks failed", error);
    } finally {
      this.#sending = false;
      if (this.#dueAt !== null) this.onDue(this.#dueAt);
    }
  }

  /** Sends the first message if it is due. Whether to go on with the next. */
  async #sendFirst(): Promise<boolean> {
    const first = await this.storage.list<Message>({ prefix: PREFIX, limit: 1 });
    const [key, message] = [...first][0] ?? [];
    if (!key || !message) {
      this.#dueAt = null;
      this.#count = 0;
      return false;
    }
    const now = this.clock.now();
    if (this.#count > MAX_WAITING || now - message.createdAt > GIVE_UP_MS) {
      this.stats.webhooks.dropped += 1;
      await this.#settle(key);
      return true;
    }
    if (now < message.dueAt) {
      this.#dueAt = message.dueAt;
      return false;
    }
    if (await this.#deliver(message, now)) {
      this.stats.webhooks.delivered += 1;
      await this.#settle(key);
      return true;
    }
    this.stats.webhooks.failed += 1;
    const attempts = message.attempts + 1;
    this.#dueAt = this.clock.now() + retryDelayMs(attempts, Math.random());
    await this.storage.put(key, { ...message, attempts, dueAt: this.#dueAt });
    return false;
  }

  async #settle(key: string): Promise<void> {
    await this.storage.delete(key);
    this.#count -= 1;
  }

  async #deliver({ id, body }: Message, now: number): Promise<boolean> {
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
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
