import { randomInt } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from "vitest";
import WebSocket from "ws";
import { CLOSE, stopReason } from "../core/shared/close-codes";
import { DEFAULT_LIMITS } from "../core/shared/limits";
import { isAddressable } from "../core/shared/names";
import { RateLimiter } from "./gate/rate-limiter";
import {
  EVIL_IDS,
  hostileFrame,
  hostileQuery,
  hostileRequest,
  MARK,
  samples,
  wellFormed,
} from "./testing/hostile.mjs";
import type { Frame, HostileRequest } from "./testing/hostile.mjs";
import { serverFixture, type ServerFixture } from "./testing/server-fixture";
import { ask, newRoom, signToken, TEST_SECRETS, TestClient } from "./testing/test-client";

/** `FUZZ_SEED=… npx vitest run --project integration server/fuzz.itest.ts` repeats a run. */
const SEED = Number(process.env["FUZZ_SEED"] ?? randomInt(2 ** 31));

/** What workerd says of a socket that it could not serve to its end. */
const RUNTIME = /workerd\/\S+: error: e = kj\/compat\/http/;

let server: ServerFixture;

/** As fast as a test can send: floods have a test of their own, which needs the default. */
beforeAll(async () => {
  server = await serverFixture({
    ROLLCALL_MAX_MESSAGES_PER_SECOND: "10000",
    ROLLCALL_MAX_MESSAGE_BURST: "100000",
    // All clients live in this one process, which has more to do than to answer heartbeats.
    ROLLCALL_INTERVAL_MS: "10000",
    ROLLCALL_RETRY_MS: "3000",
    ROLLCALL_IDLE_AFTER_MS: "60000",
  });
});

afterAll(() => server.dispose());

function seeded(): number {
  onTestFailed(() => console.error(`FUZZ_SEED=${SEED} repeats this`));
  return SEED;
}

/** The witness is served, in step with the room, and has heard nothing that nobody validated. */
async function expectUntouched(witness: TestClient, room: string): Promise<void> {
  await witness.untilEcho();
  const late = await TestClient.join(server.url, room, { user: "late", clientId: "late" });
  await witness.untilStatus("late", "online");
  const known = (client: TestClient): Record<string, unknown> =>
    Object.fromEntries(
      [...client.roster.users.values()].map(({ id, name, status }) => [`id ${id}`, { name, status }]),
    );
  // The newcomer's sync is what the room holds; the witness has it from diffs, of which one may be on its way.
  await witness.until(() => same(known(witness), known(late)), "the witness to know what a newcomer is told");
  await late.leave();
  expect(witness.messages.filter(({ type }) => type === "error" || type === "closing")).toEqual([]);
  expect(witness.frames.join("\n").includes(MARK)).toBe(false);
  // The server's words are errors that nobody caught; the runtime's own are about peers that broke the protocol.
  expect(server.output.filter((line) => !RUNTIME.test(line))).toEqual([]);
}

function same(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const sorted = (all: Record<string, unknown>): string =>
    JSON.stringify(Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return sorted(a) === sorted(b);
}

/** What has to come of these frames: the same guard that the room has judges them here. */
function foretell(frames: readonly Frame[]): { errors: string[]; code: number | null } {
  const guard = new RateLimiter({ ...DEFAULT_LIMITS, messageBurst: Infinity });
  const errors: string[] = [];
  for (const { data } of frames) {
    const verdict = guard.judge("it", data, 0);
    if (verdict.kind === "close") return { errors, code: verdict.closeCode };
    if (verdict.kind === "error") errors.push(verdict.code);
    else if (verdict.message.type === "leaving") return { errors, code: CLOSE.left };
    else if (verdict.message.type === "signOut") return { errors, code: CLOSE.signedOut };
  }
  return { errors, code: null };
}

/**
 * Sends the frames, and says which errors came back and how the server ended it, if it did. `noPages` is left out: it
 * depends on the mode, and is no failure.
 */
async function attack(client: TestClient, frames: readonly Frame[]): Promise<ReturnType<typeof foretell>> {
  for (const { data, binary } of frames) client.socket.send(data, { binary });
  const end = 987_654_321;
  client.send({ type: "probe", at: end, idleMs: 0, hiddenMs: null });
  const answered = client.until(
    () => client.messages.some((each) => each.type === "echo" && each.at === end),
    "its end",
  );
  const code = await Promise.race([
    answered.then(() => null),
    client.closed.then((closed) => closed.code),
  ]).catch(async () => (await client.closed).code);
  const errors = client.messages.flatMap((each) =>
    each.type === "error" && each.code !== "noPages" ? [each.code] : [],
  );
  return { errors, code };
}

describe("the socket", () => {
  test("[SE3] thousands of hostile frames: each connection gets exactly its own errors and close, and nobody else sees any of it", async () => {
    const seed = seeded();
    const room = newRoom();
    const perConnection = 25;
    // Made before anybody joins: while that is done, nobody here answers a heartbeat.
    const frames = samples(hostileFrame, seed, 5_000);
    const witness = await TestClient.join(server.url, room, { user: "witness" });
    const attackers = Array.from({ length: frames.length / perConnection }, (_, index) =>
      frames.slice(index * perConnection, (index + 1) * perConnection),
    );
    const batch = 20;
    for (let from = 0; from < attackers.length; from += batch) {
      await Promise.all(
        attackers.slice(from, from + batch).map(async (theirs, index) => {
          const client = await TestClient.join(server.url, room, { user: `evil-${from + index}` });
          const [came, foretold] = [await attack(client, theirs), foretell(theirs)];
          expect({ who: from + index, ...came }).toEqual({ who: from + index, ...foretold });
          client.socket.terminate();
        }),
      );
      await expectUntouched(witness, room);
    }
    await witness.leave();
  }, 180_000);

  test("[SE3] repeated text that is not UTF-8, and a frame above the platform's limit, end only their own connection", async () => {
    const room = newRoom();
    const witness = await TestClient.join(server.url, room, { user: "witness" });
    for (const [what, data] of [
      ["half a character", Buffer.from([0x22, 0xf0, 0x9f, 0x22])],
      ["a surrogate", Buffer.from([0xed, 0xa0, 0x80])],
      ["two megabytes", Buffer.alloc(2 * 1_024 * 1_024, 0x20)],
    ] as const) {
      const evil = await TestClient.join(server.url, room, { user: "evil" });
      for (let i = 0; i < DEFAULT_LIMITS.failures; i += 1)
        evil.socket.send(data, { binary: false }, () => {});
      // Bytes that are no UTF-8 are replaced, and are no message; what is too long ends the connection at the runtime.
      await witness.untilStatus("evil", "offline");
      expect([what, evil.messages.filter(({ type }) => type === "echo")]).toEqual([what, []]);
      evil.socket.terminate();
      await expectUntouched(witness, room);
    }
    await witness.leave();
  });

  test("[SE3] hostile queries: each is admitted or closed with a code that says why, without an unexpected error", async () => {
    const seed = seeded();
    const room = newRoom();
    const witness = await TestClient.join(server.url, room, { user: "witness" });
    const token = await signToken({ user: "evil" });
    const known = new Set<number>([CLOSE.badMessages, CLOSE.versionRefused, CLOSE.roomRefused]);
    for (const query of samples(hostileQuery, seed, 300)) {
      const params = new URLSearchParams([
        ["token", token],
        ...query.map(([n, v]) => [n, wellFormed(v)]),
      ] as string[][]);
      const url = `${server.url.replace("http", "ws")}/parties/main/${room}?${params}`;
      const first = JSON.parse(await firstFrame(url)) as { type: string; code?: number };
      const expected = first.type === "sync" || (first.type === "closing" && known.has(first.code ?? 0));
      expect([params.toString(), first.type, first.code, expected]).toEqual([
        params.toString(),
        first.type,
        first.code,
        true,
      ]);
      if (first.type === "closing") expect(stopReason(first.code ?? 0)).not.toBeNull();
    }
    await expectUntouched(witness, room);
    await witness.leave();
  }, 120_000);

  test("[SE3] users with odd ids work like others, by socket and by API", async () => {
    const room = newRoom();
    const witness = await TestClient.join(server.url, room, { user: "witness", role: "admin" });
    // The others no URL can carry: they are refused at connect (NM2).
    const ids = EVIL_IDS.filter(isAddressable);
    const clients = await Promise.all(
      ids.map((user) =>
        TestClient.join(server.url, room, { user, name: `${user.trim()}!`.slice(0, 80), sessionId: user }),
      ),
    );
    await witness.until(() => ids.every((id) => witness.user(id)?.status === "online"), "everybody");
    for (const id of ids) {
      const answer = await (await ask(server.url, room, `/users/${encodeURIComponent(id)}`)).json();
      expect(answer.user?.id).toBe(id);
    }
    const total = (await (await ask(server.url, room, "/users?limit=1000")).json()).total;
    expect(total).toBe(ids.length + 1);
    for (const client of clients) client.socket.terminate();
    await witness.leave();
  });

  test("[SE4] floods of many connections end with the code for it, while the room answers the others", async () => {
    const own = await serverFixture();
    try {
      const room = newRoom();
      const witness = await TestClient.join(own.url, room, { user: "witness" });
      const evil = await Promise.all(
        Array.from({ length: 20 }, (_, index) => TestClient.join(own.url, room, { user: `evil-${index}` })),
      );
      for (const client of evil) {
        for (let i = 0; i < 300; i += 1) client.send({ type: "resync" });
      }
      for (const client of evil) expect((await client.closed).code).toBe(CLOSE.tooFast);
      witness.send({ type: "probe", at: 1, idleMs: 0, hiddenMs: null });
      await witness.until(() => witness.messages.some(({ type }) => type === "echo"), "an echo");
      // Asking for the roster over and over brings one per flush, and not one per question.
      for (const client of evil)
        expect(client.messages.filter(({ type }) => type === "sync").length).toBeLessThan(42);
      expect(own.output).toEqual([]);
    } finally {
      await own.dispose();
    }
  });
});

/** The first thing that the server says on a socket. */
function firstFrame(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.once("message", (data) => {
      resolve(String(data));
      socket.terminate();
    });
    socket.once("error", reject);
  });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request as it is: `fetch` would tidy up its path first. */
function send(url: string, { method, path, headers, body }: HostileRequest): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += String(chunk)));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on("error", reject);
    asked.end(body === null ? undefined : wellFormed(body));
  });
}

/** What is wrong with an answer, if anything. */
function faultOf({ status, headers, text }: Answer, method: string): string | null {
  if (status >= 500) return `a ${status}: ${text}`;
  if (/\n\s+at |\.ts:\d|node_modules/.test(text)) return `a stack trace: ${text}`;
  if (headers["x-content-type-options"] !== "nosniff") return "no nosniff";
  if (headers["cache-control"] !== "no-store") return "may be cached";
  if (status < 400 || method === "HEAD") return null;
  if (headers["content-type"] !== "application/problem+json") return `a ${String(headers["content-type"])}`;
  const problem = JSON.parse(text) as Record<string, unknown>;
  const whole =
    problem["status"] === status &&
    typeof problem["title"] === "string" &&
    typeof problem["detail"] === "string";
  return whole ? null : `no whole problem: ${text}`;
}

describe("the HTTP API", () => {
  test("[SE5] hostile requests never meet a 500 or a stack trace, and every refusal is a problem document", async () => {
    const seed = seeded();
    const room = newRoom();
    const witness = await TestClient.join(server.url, room, { user: "witness" });
    const member = `Bearer ${await signToken({ user: "eve" })}`;
    const key = `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}`;
    const requests = samples(hostileRequest(room, [key, key, key, member, "Bearer wrong"]), seed, 2_000);
    for (const each of requests) {
      // The witness is to live on.
      if (each.method === "DELETE" && (each.path.includes("witness") || isRoomItself(each.path, room)))
        continue;
      const { status, headers, text } = await send(server.url, each);
      const told = `${each.method} ${each.path} ${JSON.stringify(each.headers)} → ${status} ${text.slice(0, 300)}`;
      expect([told, faultOf({ status, headers, text }, each.method)]).toEqual([told, null]);
    }
    await expectUntouched(witness, room);
    await witness.leave();
  }, 180_000);
});

/** Whether a path names the room and nothing in it. */
function isRoomItself(path: string, room: string): boolean {
  const [, ...segments] = path.split("?")[0]?.split("/") ?? [];
  return segments.filter((segment) => segment !== "").join("/") === `parties/main/${room}`;
}
