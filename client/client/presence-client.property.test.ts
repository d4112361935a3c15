import fc from "fast-check";
import { expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { createPresenceClient, TokenRefusedError, type PresenceClient } from "./presence-client";
import { FakeEnvironment, fakeUser } from "../testing/fake-environment";

/** Everything that can happen to a client, in any order. */
type Happening = (env: FakeEnvironment, client: PresenceClient, tokens: Tokens) => void;
interface Tokens {
  answer: "good" | "refused" | "failing" | "never";
}

const users = [fakeUser("ann"), fakeUser("ben")];
const withSocket = (act: (socket: FakeEnvironment["socket"]) => void): Happening => {
  return (env) => {
    if (env.sockets.length > 0) act(env.socket);
  };
};
const happenings: Readonly<Record<string, Happening>> = {
  start: (_, client) => client.start(),
  stop: (_, client) => client.stop(),
  reconnect: (_, client) => client.reconnect(),
  signOut: (_, client) => void client.signOut(),
  accept: withSocket((socket) => socket.state === "connecting" && socket.accept()),
  sync: withSocket((socket) => socket.sync(users)),
  diff: withSocket((socket) => socket.diff({ seq: 1, changed: [{ id: "ben", status: "away" }] })),
  gap: withSocket((socket) => socket.diff({ seq: 9 })),
  nonsense: withSocket((socket) => socket.sayRaw("{")),
  ping: withSocket((socket) => socket.ping()),
  echo: withSocket((socket) => socket.echo()),
  drop: withSocket((socket) => socket.end(1006)),
  expire: withSocket((socket) => socket.end(CLOSE.tokenExpired)),
  refuse: withSocket((socket) => socket.end(CLOSE.roomRefused)),
  closing: withSocket((socket) => socket.say({ type: "closing", code: CLOSE.replaced, detail: "" })),
  lateClose: (env) => env.sockets.find((socket) => socket.closedByClient)?.endLate(CLOSE.roomRefused),
  input: (env) => env.emit({ type: "input" }),
  online: (env) => env.emit({ type: "online" }),
  pagehide: (env) => env.emit({ type: "pagehide" }),
  pageshow: (env) => env.emit({ type: "pageshow", restored: true }),
  hide: (env) => env.show(false),
  show: (env) => env.show(true),
  sleep: (env) => env.sleep(3_600_000),
  freeze: (env) => env.freeze(30_000),
  clockSetBack: (env) => env.sleep(-600_000),
  tokensGood: (_env, _client, tokens) => void (tokens.answer = "good"),
  tokensRefused: (_env, _client, tokens) => void (tokens.answer = "refused"),
  tokensFailing: (_env, _client, tokens) => void (tokens.answer = "failing"),
  tokensNever: (_env, _client, tokens) => void (tokens.answer = "never"),
};
const step = fc.record({
  name: fc.constantFrom(...Object.keys(happenings)),
  thenMs: fc.constantFrom(0, 0, 10, 700, 2_500, 12_000, 40_000),
  chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

async function getToken(tokens: Tokens): Promise<string> {
  switch (tokens.answer) {
    case "good":
      return "token";
    case "refused":
      throw new TokenRefusedError();
    case "failing":
      throw new Error("failing");
    case "never":
      return new Promise(() => {});
    default:
      return tokens.answer satisfies never;
  }
}

/** Returns the violated invariants of a client. */
function problems(env: FakeEnvironment, client: PresenceClient): string[] {
  const { connection, synced, stale, users: shown } = client.getSnapshot();
  const ended = connection.status === "idle" || connection.status === "stopped";
  const wrong = {
    "two sockets": env.held.length > 1,
    "live without a socket": connection.status === "live" && env.held.length === 0,
    "a socket after the end": ended && env.held.length > 0,
    "timers or listeners after the end": ended && env.leftovers > 0,
    "users forgotten": synced && shown.length !== 2,
    "not connected, but not stale": synced && connection.status !== "live" && !stale,
  };
  return Object.entries(wrong).flatMap(([problem, found]) => (found ? [problem] : []));
}

test("[CN3] [SY6] after any events a client holds at most one socket, keeps all users, and recovers", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const env = new FakeEnvironment();
      const tokens: Tokens = { answer: "good" };
      const client = createPresenceClient({
        host: "h",
        room: "lobby",
        environment: env,
        getToken: () => getToken(tokens),
      });
      for (const { name, thenMs, chance } of steps) {
        env.chance = chance;
        happenings[name]?.(env, client, tokens);
        expect(problems(env, client)).toEqual([]);
        await env.advance(thenMs);
        expect(problems(env, client)).toEqual([]);
      }
      tokens.answer = "good";
      client.stop();
      client.reconnect();
      await env.settle();
      env.socket.accept().sync(users);
      expect(client.getSnapshot()).toMatchObject({ connection: { status: "live" }, stale: false, users });
    }),
    { numRuns: 150 },
  );
}, 30_000);
