import { CLOSE, type CloseCode } from "../../core/shared/close-codes";
import type { Limits } from "../../core/shared/limits";
import { decodeClientMessage, type ClientMessage, type MessageFault } from "../../core/wire/protocol";

/** The verdict on a frame: a message, an error to answer, or too many errors. */
export type Verdict =
  | { readonly kind: "message"; readonly message: ClientMessage }
  | { readonly kind: "error"; readonly code: MessageFault; readonly detail: string }
  | {
      readonly kind: "close";
      readonly code: MessageFault;
      readonly closeCode: CloseCode;
      readonly detail: string;
    };

interface Record {
  failures: number;
  allowance: number;
  countedAt: number;
}

const CLOSES: Readonly<{ [Code in MessageFault]: CloseCode }> = {
  malformed: CLOSE.badMessages,
  notText: CLOSE.badMessages,
  tooLarge: CLOSE.tooLarge,
  tooManyIds: CLOSE.badMessages,
  statusTooLong: CLOSE.badMessages,
  tooFast: CLOSE.tooFast,
};

/**
 * Checks every frame before the room gets it (SE3, SE4): its form, its size and its rate. The counts are only in
 * memory, because a room does not hibernate while a connection keeps failing.
 */
export class RateLimiter {
  readonly #records = new Map<string, Record>();

  constructor(readonly limits: Limits) {}

  /** Checks one frame of a connection, received at `now`. Never throws. */
  judge(connectionId: string, data: unknown, now: number): Verdict {
    const record = this.#recordOf(connectionId, now);
    if (!takeAllowance(record, this.limits, now)) {
      return this.#fail(record, "tooFast", `at most ${this.limits.messagesPerSecond} messages a second`);
    }
    const decoded = decodeClientMessage(data, this.limits);
    return decoded.ok
      ? { kind: "message", message: decoded.message }
      : this.#fail(record, decoded.code, decoded.detail);
  }

  forget(connectionId: string): void {
    this.#records.delete(connectionId);
  }

  #recordOf(connectionId: string, now: number): Record {
    let record = this.#records.get(connectionId);
    if (!record) {
      record = { failures: 0, allowance: this.limits.messageBurst, countedAt: now };
      this.#records.set(connectionId, record);
    }
    return record;
  }

  #fail(record: Record, code: MessageFault, detail: string): Verdict {
    record.failures += 1;
    if (record.failures >= this.limits.failures)
      return { kind: "close", code, closeCode: CLOSES[code], detail };
    return { kind: "error", code, detail };
  }
}

function takeAllowance(record: Record, limits: Limits, now: number): boolean {
  const earned = ((now - record.countedAt) / 1_000) * limits.messagesPerSecond;
  record.allowance = Math.min(limits.messageBurst, record.allowance + Math.max(0, earned));
  record.countedAt = now;
  if (record.allowance < 1) return false;
  record.allowance -= 1;
  return true;
}
