import { beforeEach, describe, expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { createPresenceClient, type PresenceClient } from "../client/presence-client";
import type { ConnectionProblem } from "./problem";
import { FakeEnvironment, fakeUser } from "../testing/fake-environment";
import { TokenFailedError } from "./token";

let env: FakeEnvironment;
let client: PresenceClient;
let getToken: () => Promise<string>;

beforeEach(() => {
  env = new FakeEnvironment();
  getToken = async () => "the-token";
  client = createPresenceClient({
    host: "localhost:1999",
    room: "lobby",
    environment: env,
    getToken: () => getToken(),
  });
});

function problem(): ConnectionProblem | null {
  const { connection } = client.getSnapshot();
  return connection.status === "reconnecting" ? connection.problem : null;
}

async function live(): Promise<void> {
  client.start();
  await env.settle();
  env.socket.accept().sync([fakeUser("ann")]);
}

describe("a problem has a kind and a text", () => {
  test.each<[string, () => Promise<string>, Partial<ConnectionProblem>]>([
    [
      "a token endpoint that fails",
      async () => {
        throw new TokenFailedError("status", "/api/token answered 500");
      },
      { kind: "token", fault: "status", detail: "/api/token answered 500" },
    ],
    [
      "a getToken that throws",
      async () => {
        throw new Error("no session yet");
      },
      { kind: "token", fault: "thrown", detail: "getToken failed: no session yet" },
    ],
    [
      "a getToken that resolves with nothing",
      async () => undefined as unknown as string,
      { kind: "token", fault: "noToken" },
    ],
    ["a getToken that never resolves", () => new Promise(() => {}), { kind: "token", fault: "tooSlow" }],
  ])("[SE1] %s", async (_, source, expected) => {
    getToken = source;
    client.start();
    await env.advance(15_000);
    expect(problem()).toMatchObject(expected);
  });

  test("a host where nothing listens, and a host that never answers", async () => {
    client.start();
    await env.settle();
    env.socket.end();
    const expected = { kind: "unreachable", detail: expect.stringContaining('"localhost:1999"') as string };
    expect(problem()).toMatchObject(expected);
    await env.advance(2_000);
    env.socket.accept();
    await env.advance(10_000);
    expect(problem()).toMatchObject(expected);
  });

  test("a server that cannot serve", async () => {
    await live();
    env.socket.end(CLOSE.unavailable, "a setting is wrong");
    expect(problem()).toEqual({
      kind: "closed",
      code: CLOSE.unavailable,
      detail: "the room server closed it: a setting is wrong",
    });
  });

  test("a network that breaks, and a server that falls silent", async () => {
    await live();
    env.socket.end();
    expect(problem()).toMatchObject({ kind: "closed", code: 1006, detail: "the connection broke" });
    await env.advance(2_000);
    env.socket.accept().sync([fakeUser("ann")]);
    await env.advance(40_000);
    expect(env.sockets.length).toBeGreaterThan(2);
    client.stop();
    client.start();
    await env.settle();
    env.socket.accept().sync([fakeUser("ann")]);
    await env.advance(27_500);
    expect(problem()).toMatchObject({ kind: "silent" });
  });

  test("a server of another kind", async () => {
    await live();
    env.socket.sayRaw("Welcome to the chat!");
    env.socket.sayRaw("Welcome to the chat!");
    expect(problem()).toMatchObject({ kind: "misunderstood" });
  });

  test("a page that was unloaded", async () => {
    await live();
    env.emit({ type: "pagehide" });
    expect(problem()).toMatchObject({ kind: "left" });
  });
});

describe("the app's developer gets advice", () => {
  test.each([
    [CLOSE.tokenRefused, /ROLLCALL_TOKEN_SECRET/],
    [CLOSE.roomRefused, /room "lobby": .*createToken\(\{ rooms: \["lobby"\]/],
    [CLOSE.versionRefused, /same/],
  ])("[SE3] after %i", async (code, advice) => {
    client.start();
    await env.settle();
    env.socket.accept().end(code, "refused");
    expect(env.warnings).toHaveLength(1);
    expect(env.warnings[0]).toMatch(advice);
  });

  test("once per series of failures, and again after it has worked; never with the token", async () => {
    client.start();
    await env.settle();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      env.socket.end();
      await env.advance(30_000);
    }
    expect(env.warnings).toHaveLength(1);
    client.reconnect();
    await env.settle();
    env.socket.accept().sync([fakeUser("ann")]);
    env.socket.end();
    await env.advance(30_000);
    env.socket.end();
    expect(env.warnings).toHaveLength(2);
    expect(env.warnings.join()).not.toContain("the-token");
  });

  test.each([CLOSE.signedOut, CLOSE.disconnected, CLOSE.replaced])(
    "there is no warning after %i, which is not a mistake",
    async (code) => {
      await live();
      env.socket.end(code);
      expect(env.warnings).toEqual([]);
    },
  );
});
