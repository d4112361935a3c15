import { beforeEach, describe, expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { createPresenceClient, TokenRefusedError, type PresenceClient } from "../client/presence-client";
import { FakeEnvironment, fakeUser, type FakeSocket } from "../testing/fake-environment";

// The next token has another name for the user. The user stays: others see only the new name.

const ann = fakeUser("ann");
const renamed = fakeUser("ann", { name: "Ann B." });

let env: FakeEnvironment;
let client: PresenceClient;
let tokens: number;
let getToken: () => Promise<string>;

beforeEach(async () => {
  env = new FakeEnvironment();
  tokens = 0;
  getToken = async () => `token-${(tokens += 1)}`;
  client = createPresenceClient({
    host: "localhost:1999",
    room: "lobby",
    environment: env,
    getToken: () => getToken(),
  });
  client.start();
  await env.settle();
  env.socket.accept().sync([ann]);
  env.socket.echo();
  env.socket.take();
});

const connection = () => client.getSnapshot().connection;
const first = (): FakeSocket => env.sockets[0] as FakeSocket;
const saidLeaving = () =>
  env.sockets.flatMap((socket) => socket.take()).filter(({ type }) => type === "leaving");

async function refresh(): Promise<FakeSocket> {
  client.refreshToken();
  await env.settle();
  return env.socket;
}

/** Keeps the first connection alive, as its server does. */
async function passTime(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await env.advance(1_000);
    first().say({ type: "echo", at: 0, now: env.serverNow() });
  }
}

describe("[GR1] a fresh token", () => {
  test("[GR1] [CN2] the connection serves until its successor is live, with the same client id, and never sends leaving", async () => {
    const second = await refresh();
    expect(second).not.toBe(first());
    expect(second.target.params["token"]).toBe("token-2");
    expect(second.target.params["client"]).toBe(first().target.params["client"]);
    second.accept();
    first().ping();
    expect(
      first()
        .take()
        .map(({ type }) => type),
    ).toEqual(["pong"]);
    expect(connection()).toEqual({ status: "live" });
    second.sync([renamed]);
    expect(first().closedByClient).toBe(true);
    expect(env.held).toEqual([second]);
    expect(client.getUser("ann")?.name).toBe("Ann B.");
    expect(connection()).toEqual({ status: "live" });
    second.ping();
    expect(second.take().map(({ type }) => type)).toContain("pong");
    expect(saidLeaving()).toEqual([]);
  });

  test("[CN2] the server may replace the old connection before the sync of the new one", async () => {
    const second = await refresh();
    second.accept();
    first().say({ type: "closing", code: CLOSE.replaced, detail: "" });
    first().end(CLOSE.replaced);
    expect(connection()).toEqual({ status: "live" });
    second.sync([renamed]);
    expect(connection()).toEqual({ status: "live" });
    expect(env.held).toEqual([second]);
    await env.advance(60_000);
    expect(client.getSnapshot().connection).not.toMatchObject({ status: "stopped" });
  });

  test.each([
    ["while the token is fetched", () => (getToken = () => new Promise(() => {}))],
    ["with no token", () => (getToken = async () => Promise.reject(new Error("500")))],
    ["before the socket opens", () => {}],
    ["before the sync", () => env.socket.accept()],
    ["by a broken socket", () => env.socket.end()],
    ["by a server that cannot serve", () => env.socket.accept().end(CLOSE.unavailable)],
  ])(
    "[GR1] an attempt that stalls %s is repeated, and the connection serves in the meantime",
    async (where, stall) => {
      const before = getToken;
      const isAboutTokens = where.includes("token");
      if (isAboutTokens) stall();
      await refresh();
      if (!isAboutTokens) stall();
      await passTime(20_000);
      getToken = before;
      await passTime(20_000);
      // Between two attempts there is no socket.
      for (let waits = 0; env.held.length < 2 && waits < 30; waits += 1) await passTime(1_000);
      expect(connection()).toEqual({ status: "live" });
      expect(first().closedByClient).toBe(false);
      const last = env.socket;
      expect(last).not.toBe(first());
      last.accept().sync([renamed]);
      expect(env.held).toEqual([last]);
      expect(saidLeaving()).toEqual([]);
      const made = env.sockets.length;
      last.ping();
      await env.advance(9_000);
      expect(env.sockets).toHaveLength(made);
    },
  );

  test("[GR1] when the server has replaced the old connection and the new one stalls, the client reconnects silently", async () => {
    const second = await refresh();
    second.accept();
    first().end(CLOSE.replaced);
    await env.advance(10_000);
    expect(connection()).toMatchObject({ status: "reconnecting" });
    await env.advance(5_000);
    const third = env.socket;
    expect(third).not.toBe(second);
    third.accept().sync([renamed]);
    expect(connection()).toEqual({ status: "live" });
    expect(saidLeaving()).toEqual([]);
  });

  test("[GR1] a late replaced close, after its attempt was abandoned, does not end the client", async () => {
    const second = await refresh();
    second.accept();
    await passTime(10_000);
    expect(second.closedByClient).toBe(true);
    expect(env.held).toEqual([first()]);
    first().end(CLOSE.replaced);
    expect(connection()).toMatchObject({ status: "reconnecting" });
    await env.advance(5_000);
    env.socket.accept().sync([renamed]);
    expect(connection()).toEqual({ status: "live" });
  });

  test("two requests give the second name too", async () => {
    const second = await refresh();
    client.refreshToken();
    second.accept().sync([renamed]);
    await env.settle();
    const third = env.socket;
    expect(third).not.toBe(second);
    expect(third.target.params["token"]).toBe("token-3");
    third.accept().sync([renamed]);
    expect(env.held).toEqual([third]);
  });

  test("a request while the old token connects is served once that connection is live", async () => {
    first().end();
    await env.advance(2_000);
    const second = env.socket;
    expect(second.target.params["token"]).toBe("token-2");
    await refresh();
    expect(env.socket).toBe(second);
    second.accept().sync([ann]);
    await env.settle();
    expect(env.socket.target.params["token"]).toBe("token-3");
  });

  test("a request while the client waits to reconnect is served at once", async () => {
    first().end();
    await refresh();
    expect(env.socket.target.params["token"]).toBe("token-2");
    env.socket.accept().sync([renamed]);
    await env.settle();
    expect(env.sockets).toHaveLength(2);
  });

  test("a permanent end also ends the client here", async () => {
    const second = await refresh();
    second.accept().end(CLOSE.profileTooLong);
    expect(connection()).toMatchObject({ status: "stopped", reason: "profileTooLong" });
    expect(env.held).toEqual([]);
    // A shorter name is a new chance.
    (await refresh()).accept().sync([renamed]);
    expect(connection()).toEqual({ status: "live" });
    getToken = async () => Promise.reject(new TokenRefusedError());
    await refresh();
    expect(connection()).toMatchObject({ status: "stopped", reason: "tokenRefused" });
  });

  test("[GR1] leaving in the meantime is sent on both connections, because the server may know either", async () => {
    const second = (await refresh()).accept();
    client.stop();
    for (const socket of [first(), second])
      expect(socket.take().map(({ type }) => type)).toContain("leaving");
    expect(env.held).toEqual([]);
    expect(env.leftovers).toBe(0);
    await refresh();
    expect(connection()).toMatchObject({ status: "stopped", reason: "stopped" });
  });

  test("[GR2] signing out in the meantime is sent on the new connection too", async () => {
    const second = (await refresh()).accept();
    const done = client.signOut();
    first().end(CLOSE.replaced);
    second.sync([renamed]);
    expect(second.take().map(({ type }) => type)).toContain("signOut");
    second.end(CLOSE.signedOut);
    await done;
    expect(connection()).toMatchObject({ status: "stopped", reason: "signedOut" });
  });

  test("[VW1] a scope that changes in the meantime is sent on the new connection", async () => {
    const second = await refresh();
    client.setScope({ kind: "summary" });
    second.accept().sync([renamed]);
    expect(second.take()).toContainEqual(expect.objectContaining({ type: "scope" }));
  });
});
