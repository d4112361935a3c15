import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ENGINE, serverFixture, type ServerFixture } from "./testing/server-fixture";
import { newRoom, signToken, TestClient } from "./testing/test-client";

/*
 * What docs/security.md and docs/spec.md say of frames that no ordinary client sends. They are the runtime's to refuse:
 * a newer one may be stricter, and then these pages have to say so.
 */

let server: ServerFixture;
beforeAll(async () => {
  server = await serverFixture({
    ROLLCALL_INTERVAL_MS: "10000",
    ROLLCALL_RETRY_MS: "3000",
    ROLLCALL_IDLE_AFTER_MS: "60000",
  });
});
afterAll(() => server.dispose());

const TEXT = 1;
const CLOSE_FRAME = 8;
const PING = 9;

interface FrameOptions {
  readonly isLast?: boolean;
  readonly reserved?: number;
  readonly isMasked?: boolean;
}

/** A frame as RFC 6455 has it, or with something about it that it forbids. */
function frameOf(opcode: number, payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { isLast = true, reserved = 0, isMasked = true } = options;
  const bytes = Buffer.from(payload);
  const long = bytes.length > 65_535 ? 127 : bytes.length > 125 ? 126 : bytes.length;
  const head = [(isLast ? 0x80 : 0) | reserved | opcode, (isMasked ? 0x80 : 0) | long];
  const length = Buffer.alloc(long === 127 ? 8 : long === 126 ? 2 : 0);
  if (long === 127) length.writeBigUInt64BE(BigInt(bytes.length));
  if (long === 126) length.writeUInt16BE(bytes.length);
  if (!isMasked) return Buffer.concat([Buffer.from(head), length, bytes]);
  const key = randomBytes(4);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = (bytes[at] ?? 0) ^ (key[at % 4] ?? 0);
  return Buffer.concat([Buffer.from(head), length, key, bytes]);
}

/** A TCP connection that speaks WebSocket by hand, and answers nothing by itself. */
class RawSocket {
  /** All that came. */
  #received = Buffer.alloc(0);
  readonly #waiting = new Set<() => void>();
  hasEnded = false;

  private constructor(readonly socket: Socket) {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      for (const look of this.#waiting) look();
    });
    for (const event of ["end", "close"])
      socket.on(event, () => {
        this.hasEnded = true;
        for (const look of this.#waiting) look();
      });
  }

  static async open(room: string, query: Record<string, string>): Promise<RawSocket> {
    const { hostname, port, host } = new URL(server.url);
    const raw = new RawSocket(connect(Number(port), hostname));
    raw.socket.write(
      `GET /parties/main/${room}?${new URLSearchParams(query)} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    await raw.untilIn("\r\n\r\n");
    return raw;
  }

  static async join(room: string, user: string): Promise<RawSocket> {
    const token = await signToken({ user });
    const raw = await RawSocket.open(room, { token, v: "3", client: "raw", scope: "none" });
    await raw.untilIn('"type":"sync"');
    return raw;
  }

  write(...frames: readonly Buffer[]): void {
    for (const each of frames) this.socket.write(each);
  }

  untilIn(text: string | Buffer): Promise<void> {
    return this.until(
      () => this.#received.includes(text),
      `${text.toString("hex")} in ${this.text.slice(-200)}`,
    );
  }

  /** A close frame with this code. The runtime's own may be longer than the protocol allows control frames to be. */
  untilClosed(code: number): Promise<void> {
    const holds = (): boolean => {
      for (let at = this.#received.indexOf(0x88); at !== -1; at = this.#received.indexOf(0x88, at + 1)) {
        const codeAt = at + (this.#received[at + 1] === 126 ? 4 : 2);
        if (this.#received.length >= codeAt + 2 && this.#received.readUInt16BE(codeAt) === code) return true;
      }
      return false;
    };
    return this.until(holds, `a close frame with ${code}`);
  }

  until(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), 20_000);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  get text(): string {
    return this.#received.toString("utf8");
  }
}

const probe = (at: number, more = ""): string =>
  `{"type":"probe","at":${at},"idleMs":0,"hiddenMs":null${more}}`;

test.each<[string, readonly Buffer[], string | Buffer]>([
  ["a masked frame", [frameOf(TEXT, probe(1))], '"at":1'],
  ["an unmasked frame", [frameOf(TEXT, probe(2), { isMasked: false })], '"at":2'],
  [
    "a message in fragments",
    [frameOf(TEXT, probe(3).slice(0, 9), { isLast: false }), frameOf(0, probe(3).slice(9))],
    '"at":3',
  ],
  [
    "a message in fragments with a ping between them",
    [
      frameOf(TEXT, probe(4).slice(0, 9), { isLast: false }),
      frameOf(PING, "between"),
      frameOf(0, probe(4).slice(9)),
    ],
    '"at":4',
  ],
  ["a ping of the protocol", [frameOf(PING, "hello")], Buffer.from("\x8a\x05hello", "latin1")],
  [
    "a control frame that is longer than the protocol allows",
    [frameOf(PING, "x".repeat(126))],
    "x".repeat(126),
  ],
])("[SE3] %s is accepted", async (_, frames, answer) => {
  const raw = await RawSocket.join(newRoom(), "ada");
  raw.write(...frames);
  await raw.untilIn(answer);
  // And the connection goes on.
  raw.write(frameOf(TEXT, probe(99)));
  await raw.untilIn('"at":99');
  raw.socket.destroy();
});

test.each([
  ["half a character", [0xf0, 0x9f]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["bytes that begin no character", [0xff, 0xfe]],
  ["an overlong slash", [0xc0, 0xaf]],
])(
  "[SE3] %s is not UTF-8, and is replaced: others read U+FFFD, and the connection continues",
  async (_, bytes) => {
    const room = newRoom();
    const witness = await TestClient.join(server.url, room, { user: "witness" });
    const raw = await RawSocket.join(room, "ada");
    const [before, after] = ['{"type":"choose","request":1,"message":{"text":"a', 'z"}}'];
    raw.write(frameOf(TEXT, Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])));
    await witness.until(
      () => witness.user("ada")?.message !== null && witness.user("ada") !== undefined,
      "the message",
    );
    expect(witness.user("ada")?.message?.text).toMatch(/^a\uFFFD+z$/);
    expect(raw.text).not.toContain('"type":"error"');
    raw.socket.destroy();
    await witness.leave();
  },
);

/** The longest message that the runtime gives to the room. */
const RUNTIME_LIMIT = ENGINE !== "partykit" ? 32 * 1_048_576 : 1_048_576;

test("[SE4] the longest message of the runtime is too large for the room, and one byte more for the runtime: 1009", async () => {
  const room = newRoom();
  const raw = await RawSocket.join(room, "ada");
  raw.write(frameOf(TEXT, Buffer.alloc(RUNTIME_LIMIT, 0x20)));
  await raw.untilIn('"code":"tooLarge"');
  raw.write(frameOf(TEXT, Buffer.alloc(RUNTIME_LIMIT + 1, 0x20)));
  await raw.untilClosed(1009);
  raw.socket.destroy();
});

test.each<[string, readonly Buffer[]]>([
  ["a reserved bit", [frameOf(TEXT, probe(1), { reserved: 0x40 })]],
  ["a reserved opcode", [frameOf(3, "x")]],
  ["a fragment of nothing", [frameOf(0, "x")]],
  ["a message within another", [frameOf(TEXT, "{", { isLast: false }), frameOf(TEXT, "{")]],
  ["a control frame in fragments", [frameOf(PING, "x", { isLast: false })]],
])("[SE3] %s breaks the protocol: 1002, and the room hears of the end at once", async (_, frames) => {
  const room = newRoom();
  const admin = await TestClient.join(server.url, room, { user: "admin", role: "admin" });
  const raw = await RawSocket.join(room, "ada");
  await admin.untilStatus("ada", "online");
  raw.write(...frames);
  await raw.untilClosed(1002);
  const connections = (): unknown =>
    (admin.user("ada") as { connections?: unknown } | undefined)?.connections;
  await admin.until(() => JSON.stringify(connections()) === "[]", "the end of the connection");
  raw.socket.destroy();
  await admin.leave();
});

test.each(["refused", "signed out"])(
  "[SE4] a TCP connection that was %s ends as soon as its client answers the close, and its earlier frames are ignored",
  async (how) => {
    const room = newRoom();
    const raw =
      how === "refused"
        ? await RawSocket.open(room, { token: "none", v: "3", client: "raw" })
        : await RawSocket.join(room, "ada");
    if (how === "signed out") raw.write(frameOf(TEXT, '{"type":"signOut"}'));
    const code = how === "refused" ? 4401 : 4410;
    await raw.untilIn('"type":"closing"');
    await raw.untilClosed(code);
    raw.write(frameOf(TEXT, probe(5)));
    raw.write(frameOf(CLOSE_FRAME, Buffer.from([code >> 8, code & 255])));
    await raw.until(() => raw.hasEnded, "the end of the TCP connection");
    expect(raw.text).not.toContain('"type":"echo"');
    raw.socket.destroy();
  },
);
