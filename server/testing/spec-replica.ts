/**
 * For tests only: a client of the wire format as somebody else would write it, from docs/spec.md alone. It imports
 * nothing of the product, so that the specification, and not shared code, is what makes the two ends agree.
 */
import { inflateRawSync } from "node:zlib";

/** A user as the specification's rows and changes tell of them, with instants in place of durations. */
export interface SpecUser {
  id: string;
  name: string;
  status: 0 | 1 | 2;
  sinceAt: number | null;
  lastSeenAt: number | null;
  picture: string | null;
  reason: unknown;
  connections: unknown;
  message: unknown;
  dnd: boolean;
  availability: string;
  availabilityUntilAt: number | null;
  choseAt: number | null;
  hideLastSeen: boolean;
}

/** A message of either side, as JSON. */
export type Json = Readonly<Record<string, unknown>>;
type Row = readonly unknown[];
type Instant = number | null;

/** The text of a frame: of a text frame as it is, of a binary one its beginning and the rest inflated. */
function textOf(frame: string | Uint8Array): string {
  if (typeof frame === "string") return frame;
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const bodyAt = 2 + bytes.readUInt16BE(0);
  return bytes.toString("utf8", 2, bodyAt) + inflateRawSync(bytes.subarray(bodyAt)).toString("utf8");
}

export class SpecReplica {
  self = "";
  epoch = "";
  seq = 0;
  /** The server's `now` in the latest message. */
  now = 0;
  /** Empty before the first sync. */
  mode = "";
  counts: unknown = null;
  readonly users = new Map<string, SpecUser>();
  /** What else came, in order: errors, choices, echoes, pages' requests. */
  readonly heard: Json[] = [];
  closing: number | null = null;
  /** How often something was missed. While no frame is lost a server gives no cause for that. */
  gaps = 0;
  /** Whether diffs follow what is known: not before a sync, nor after a gap until the next one. */
  follows = false;

  /** The message that says what is to be heard, for a server that has forgotten it. */
  scope: Json;
  readonly send: (message: Json) => void;

  constructor(send: (message: Json) => void, scope: Json = { type: "scope", scope: "roster" }) {
    this.send = send;
    this.scope = scope;
  }

  /** A new connection begins; what is known stays, for the server may have the rest. */
  begin(): void {
    this.follows = false;
    this.closing = null;
  }

  /** The parameters by which a client that returns says what it knows. */
  get resumePoint(): Record<string, string> {
    return this.epoch === "" ? {} : { epoch: this.epoch, seq: String(this.seq) };
  }

  /** Takes a frame, and says what type of message was in it. */
  receive(frame: string | Uint8Array): string {
    const message = JSON.parse(textOf(frame)) as Json;
    if (typeof message["now"] === "number") this.now = message["now"];
    switch (message["type"]) {
      case "sync":
        this.#replace(message);
        this.epoch = String(message["epoch"]);
        this.self = String(message["self"]);
        this.mode = String(message["mode"]);
        this.counts = message["counts"] ?? null;
        this.follows = true;
        break;
      case "resumed":
        // Not checked: the server says this to those alone who hold a whole roster.
        this.self = String(message["self"]);
        this.mode = "roster";
        this.counts = null;
        this.#change(message);
        this.follows = true;
        break;
      case "diff":
        if (this.follows) this.#diff(message);
        break;
      case "page":
        this.#replace(message);
        this.heard.push(message);
        break;
      case "rescope":
        this.say(this.scope);
        break;
      case "ping":
        this.send({ type: "pong", at: message["now"], idleMs: 0, hiddenMs: null });
        break;
      case "closing":
        this.closing = Number(message["code"]);
        break;
      default:
        this.heard.push(message);
    }
    return String(message["type"]);
  }

  /** Sends a message. Whoever asks for a sync needs nothing of what is known any more. */
  say(message: Json): void {
    if (message["type"] === "scope" || message["type"] === "resync") {
      this.users.clear();
      this.epoch = "";
      this.follows = false;
    }
    if (message["type"] === "scope") this.scope = message;
    this.send(message);
  }

  /** All rows are replaced; the own row stays where the message has none. */
  #replace(message: Json): void {
    const own = message["type"] === "page" ? this.users.get(this.self) : undefined;
    this.users.clear();
    if (own) this.users.set(own.id, own);
    this.#change(message);
  }

  #diff(message: Json): void {
    const seq = Number(message["seq"]);
    const isNext = this.mode === "roster" ? seq === this.seq + 1 : seq > this.seq;
    const changes = (message["users"] as Row[]).filter((row) => typeof row[1] !== "string");
    if (!isNext || !changes.every(([id]) => this.users.has(String(id)))) {
      this.gaps += 1;
      return this.say({ type: "resync" });
    }
    this.#change(message);
    if (message["counts"] !== undefined) this.counts = message["counts"];
  }

  #change(message: Json): void {
    for (const row of message["users"] as Row[]) {
      const id = String(row[0]);
      const before = this.users.get(id);
      const now = Number(message["now"]);
      this.users.set(
        id,
        typeof row[1] === "string" ? whole(row, now) : changed(before as SpecUser, row, now),
      );
    }
    for (const id of (message["removed"] ?? []) as string[]) this.users.delete(id);
    this.seq = Number(message["seq"]);
  }
}

const ago = (value: unknown, now: number): Instant =>
  value === null || value === undefined ? null : now - Number(value);

function whole(row: Row, now: number): SpecUser {
  const [id, name, status, since, lastSeen, picture, reason, connections, chosen] = row;
  return {
    id: String(id),
    name: String(name),
    status: status as SpecUser["status"],
    sinceAt: ago(since, now),
    lastSeenAt: ago(lastSeen, now),
    picture: (picture ?? null) as string | null,
    reason: reason ?? null,
    connections: connections ?? null,
    message: null,
    dnd: false,
    availability: "auto",
    availabilityUntilAt: null,
    choseAt: null,
    hideLastSeen: false,
    ...(chosen as object | null | undefined),
  };
}

function changed(before: SpecUser, [, second, since, lastSeen]: Row, now: number): SpecUser {
  if (typeof second === "number") {
    const user = { ...before, status: second as SpecUser["status"], sinceAt: ago(since, now) };
    return lastSeen === undefined ? user : { ...user, lastSeenAt: ago(lastSeen, now) };
  }
  const { since: from, lastSeen: seen, ...same } = second as Json;
  return {
    ...before,
    ...same,
    ...(from !== undefined && { sinceAt: ago(from, now) }),
    ...(seen !== undefined && { lastSeenAt: ago(seen, now) }),
  };
}
