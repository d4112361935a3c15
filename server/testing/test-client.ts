import { SignJWT } from "jose";
import { randomBytes, randomUUID } from "node:crypto";
import WebSocket from "ws";
import { readFrame } from "../../core/testing/frames";
import { helloParams, type ResumePoint } from "../../core/wire/hello";
import {
  decodeServerMessage,
  encodeClientMessage,
  type ClientMessage,
  type ServerMessage,
} from "../../core/wire/protocol";
import { applyToRoster, createRoster, type Roster, type RosterMessage } from "../../core/replica/roster";
import { EVERYBODY, toScopeMessage, type Scope } from "../../core/shared/scope";
import type { Activity, Role, User } from "../../core/shared/terms";

/** The secrets of the servers that tests start. */
export const TEST_SECRETS = {
  ROLLCALL_TOKEN_SECRET: "token-secret-of-tests-0123456789abcdef",
  ROLLCALL_API_KEY: "api-key-of-tests-0123456789abcdefghijk",
};

/** Timings short enough to wait for, with the proportions of the defaults. */
export const SHORT_TIMINGS = {
  ROLLCALL_INTERVAL_MS: "1000",
  ROLLCALL_RETRY_MS: "300",
  ROLLCALL_MISSES: "3",
  ROLLCALL_GRACE_MS: "1500",
  ROLLCALL_RELOAD_GRACE_MS: "700",
  ROLLCALL_RESTART_GRACE_MS: "3000",
  ROLLCALL_IDLE_AFTER_MS: "3000",
  ROLLCALL_HIDDEN_AWAY_AFTER_MS: "1200",
  ROLLCALL_FLUSH_MS: "20",
};

export interface TokenOptions {
  readonly user: string;
  readonly name?: string;
  readonly picture?: string;
  readonly rooms?: readonly string[];
  readonly role?: Role;
  readonly sessionId?: string;
  readonly guest?: boolean;
  readonly secret?: string;
  readonly audience?: string;
  /** Seconds from now at which the token was issued, will expire, and begins to be good. */
  readonly issuedIn?: number;
  readonly expiresIn?: number;
  readonly notBeforeIn?: number;
}

/** Signs a token as an app's server would. */
export function signToken(options: TokenOptions): Promise<string> {
  const {
    user,
    name = user,
    rooms = ["*"],
    role = "member",
    sessionId,
    secret = TEST_SECRETS.ROLLCALL_TOKEN_SECRET,
  } = options;
  const now = Math.floor(Date.now() / 1_000);
  const { notBeforeIn } = options;
  const token = new SignJWT({
    name,
    rooms,
    role,
    ...(options.picture !== undefined && { picture: options.picture }),
    ...(sessionId !== undefined && { sid: sessionId }),
    ...(options.guest !== undefined && { guest: options.guest }),
  })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(user)
    .setAudience(options.audience ?? "rollcall")
    .setIssuedAt(now + (options.issuedIn ?? 0))
    .setExpirationTime(now + (options.expiresIn ?? 120));
  if (notBeforeIn !== undefined) token.setNotBefore(now + notBeforeIn);
  return token.sign(new TextEncoder().encode(secret));
}

export interface ClientOptions extends Partial<TokenOptions> {
  readonly user: string;
  readonly token?: string;
  readonly clientId?: string;
  readonly activity?: Activity;
  readonly observe?: boolean;
  readonly userAgent?: string;
  readonly scope?: Scope;
  /** Up to where an earlier client was told (SY4). */
  readonly resumeFrom?: ResumePoint | null;
}

/** A page that is visible and was touched just now. */
export const ACTIVE: Activity = { idleMs: 0, hiddenMs: null };

/**
 * A client over a raw socket: answers pings unless told to be silent, keeps a replica of the roster, and
 * lets tests wait for what happens instead of for time to pass.
 */
export class TestClient {
  readonly roster: Roster = createRoster();
  readonly messages: ServerMessage[] = [];
  readonly frames: string[] = [];
  #probes = 0;
  /** How many of the frames came deflated. */
  deflated = 0;
  readonly closed: Promise<{ code: number; reason: string }>;
  activity: Activity = ACTIVE;
  answering = true;
  /** When the latest pong was sent, by this machine's clock, which is the server's too. */
  pongedAt = 0;
  #scope: Scope = EVERYBODY;
  readonly #waiting = new Set<() => void>();
  #closedWith: { code: number; reason: string } | null = null;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#closedWith ??= { code, reason: String(reason) };
        resolve(this.#closedWith);
        this.#wake();
      });
    });
    socket.on("error", () => this.#wake());
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.deflated += 1;
      this.#receive(readFrame(isBinary ? data : String(data)));
    });
  }

  /** Opens a socket to a room; resolves when it is open or refused. */
  static async open(url: string, room: string, options: ClientOptions): Promise<TestClient> {
    const token = options.token ?? (await signToken(options));
    const clientId = options.clientId ?? randomUUID();
    const { activity = ACTIVE, observe = false, scope = EVERYBODY, resumeFrom = null } = options;
    const hello = { clientId, activity, observe, scope: scope.kind, resumeFrom };
    const params = new URLSearchParams({ token, ...helloParams(hello) });
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/parties/main/${room}?${params}`, {
      headers: { "user-agent": options.userAgent ?? "rollcall-tests/1.0" },
    });
    const client = new TestClient(socket);
    client.activity = activity;
    client.#scope = scope;
    await new Promise<void>((resolve) => {
      socket.once("open", resolve);
      socket.once("close", () => resolve());
    });
    return client;
  }

  /** Opens a socket and waits for its sync. */
  static async join(url: string, room: string, options: ClientOptions): Promise<TestClient> {
    const client = await TestClient.open(url, room, options);
    await client.until(() => client.roster.epoch !== null, "the sync");
    return client;
  }

  send(message: ClientMessage): void {
    this.socket.send(encodeClientMessage(message));
  }

  setScope(scope: Scope): void {
    this.#scope = scope;
    this.send(toScopeMessage(scope));
  }

  /** What came of this type since the count, for tests that look at the frames themselves. */
  of<Type extends ServerMessage["type"]>(type: Type): (ServerMessage & { type: Type })[] {
    return this.messages.filter(
      (message): message is ServerMessage & { type: Type } => message.type === type,
    );
  }

  user(id: string): User | undefined {
    return this.roster.users.get(id);
  }

  /** Resolves when the server has answered a probe: it has read what reached it before. */
  async untilEcho(): Promise<void> {
    this.#probes += 1;
    const at = this.#probes;
    this.send({ type: "probe", at, idleMs: 0, hiddenMs: null });
    await this.until(() => this.messages.some((each) => each.type === "echo" && each.at === at), "an echo");
  }

  /** Waits until the condition holds, looking again after each frame. */
  async until(holds: () => boolean, what: string, timeoutMs = 20_000): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (holds()) done(resolve);
        else if (this.#closedWith)
          done(() => reject(new Error(`closed with ${this.#closedWith?.code} while waiting for ${what}`)));
      };
      const timer = setTimeout(
        () => done(() => reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`))),
        timeoutMs,
      );
      const done = (end: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        end();
      };
      this.#waiting.add(check);
      check();
    });
  }

  untilStatus(id: string, status: User["status"]): Promise<void> {
    return this.until(() => this.user(id)?.status === status, `${id} to be ${status}`);
  }

  /** The statuses of a user in the order in which this client got them. */
  statusesOf(id: string): string[] {
    const statuses: string[] = [];
    for (const message of this.messages) {
      if (!isRosterMessage(message)) continue;
      const told = message.type === "diff" ? [...message.added, ...message.changed] : message.users;
      for (const view of told) {
        if (view.id === id && view.status !== undefined && view.status !== statuses.at(-1))
          statuses.push(view.status);
      }
    }
    return statuses;
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #receive(text: string | null): void {
    if (text === null) throw new Error("a frame that holds no message");
    this.frames.push(text);
    const message = decodeServerMessage(text);
    if (!message) throw new Error(`a frame that the client does not understand: ${text.slice(0, 200)}`);
    this.messages.push(message);
    if (message.type === "closing") {
      this.#closedWith = { code: message.code, reason: message.detail };
      // As a browser's client does: the close event itself can take many seconds.
      this.socket.terminate();
    }
    if (isRosterMessage(message)) applyToRoster(this.roster, message);
    if (message.type === "rescope") this.setScope(this.#scope);
    if (message.type === "ping" && this.answering) {
      this.pongedAt = Date.now();
      this.send({ type: "pong", at: message.now, ...this.activity });
    }
    this.#wake();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }
}

function isRosterMessage(message: ServerMessage): message is RosterMessage {
  return (
    message.type === "sync" ||
    message.type === "diff" ||
    message.type === "resumed" ||
    message.type === "page"
  );
}

/** A room name of its own for each test, so that tests share a server and nothing else. */
export function newRoom(): string {
  return `room-${randomBytes(6).toString("hex")}`;
}

/** Asks the HTTP API with the key of the tests' servers. */
export async function ask(
  url: string,
  room: string,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("authorization")) headers.set("authorization", `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}`);
  return fetch(`${url}/parties/main/${room}${path}`, { ...init, headers });
}
