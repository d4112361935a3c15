import { beforeEach, describe, expect, test, vi } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { PROTOCOL_VERSION } from "../../core/wire/protocol";
import { createPresenceClient, TokenRefusedError, type PresenceClient } from "./presence-client";
import { FakeEnvironment, fakeUser, FAKE_TIMINGS } from "../testing/fake-environment";

let env: FakeEnvironment;
let client: PresenceClient;
let tokens: number;
let getToken: () => Promise<string>;

const ann = fakeUser("ann");
const ben = fakeUser("ben", { status: "away" });
const DELTA = 300_000;

function makeClient(options: { environment?: FakeEnvironment; observe?: boolean } = {}): void {
  env = options.environment ?? new FakeEnvironment();
  tokens = 0;
  getToken = async () => `token-${(tokens += 1)}`;
  client = createPresenceClient({
    host: "localhost:1999",
    room: "lobby",
    observe: options.observe ?? false,
    environment: env,
    getToken: () => getToken(),
  });
}

/** Makes the client live, answers its first probe, and drops the messages it has sent. */
async function live(users = [ann, ben]): Promise<void> {
  client.start();
  await open(users);
}

async function open(users = [ann, ben]): Promise<void> {
  await env.settle();
  env.socket.accept().sync(users);
  env.socket.echo();
  env.socket.take();
}

const state = () => client.getSnapshot().connection;
const types = () => env.socket.take().map((message) => message.type);

beforeEach(() => makeClient());

describe("connecting", () => {
  test("[SE1] each reconnect fetches a new token", async () => {
    await live();
    expect(env.socket.target.params["token"]).toBe("token-1");
    env.socket.end();
    await env.advance(2_000);
    expect(env.socket.target.params["token"]).toBe("token-2");
    expect(env.sockets).toHaveLength(2);
  });

  test("[CN2] a client keeps its id when it reconnects, and no other client has the same", async () => {
    await live();
    env.socket.end();
    await env.advance(2_000);
    const [first, second] = env.sockets;
    expect(second?.target.params["client"]).toBe(first?.target.params["client"]);
    const tab = env.tab;
    const other = createPresenceClient({
      host: "h",
      room: "lobby",
      environment: env,
      getToken: () => getToken(),
    });
    other.start();
    await env.settle();
    expect(env.socket.target.params["client"]).not.toBe(first?.target.params["client"]);
    expect([...tab.values()].join()).not.toContain("id-");
  });

  test("the hello has the version, the activity and whether the client observes", async () => {
    makeClient({ observe: true });
    client.start();
    await env.settle();
    expect(env.socket.target).toMatchObject({ host: "localhost:1999", room: "lobby" });
    expect(env.socket.target.params).toEqual({
      token: "token-1",
      v: String(PROTOCOL_VERSION),
      client: "id-1",
      idle: "0",
      observe: "1",
    });
  });

  test("[SY1] the client is live after the first sync, not when the socket opens", async () => {
    client.start();
    await env.settle();
    env.socket.accept();
    expect(state()).toEqual({ status: "connecting" });
    expect(client.getSnapshot()).toMatchObject({ synced: false, stale: false, users: [], self: null });
    env.socket.sync([ann, ben]);
    expect(state()).toEqual({ status: "live" });
    expect(client.getSnapshot()).toMatchObject({
      synced: true,
      self: ann,
      users: [ann, ben],
      counts: { online: 1, away: 1, offline: 0 },
    });
  });

  test("an observer has no own user", async () => {
    makeClient({ observe: true });
    await live();
    expect(client.getSnapshot().self).toBeNull();
  });

  test("a socket that never opens, or brings no sync, is abandoned", async () => {
    client.start();
    await env.advance(9_999);
    expect(env.held).toHaveLength(1);
    await env.advance(1);
    expect(env.sockets[0]?.closedByClient).toBe(true);
    await env.advance(1_250);
    expect(env.sockets).toHaveLength(2);
    env.socket.accept();
    await env.advance(10_000);
    expect(state()).toMatchObject({ status: "reconnecting", attempt: 2 });
  });

  test("a token that is too slow is abandoned, and opens nothing when it arrives late", async () => {
    let deliver: (token: string) => void = () => {};
    getToken = () => new Promise((resolve) => (deliver = resolve));
    client.start();
    await env.advance(15_000);
    expect(state()).toMatchObject({ status: "reconnecting" });
    deliver("late");
    await env.settle();
    expect(env.sockets).toHaveLength(0);
  });

  test("the late result of an abandoned attempt does not affect the next", async () => {
    let refuse: (reason: Error) => void = () => {};
    getToken = () => new Promise((_resolve, reject) => (refuse = reject));
    client.start();
    await env.settle();
    const refuseFirst = refuse;
    client.stop();
    client.start();
    await env.settle();
    refuseFirst(new TokenRefusedError("the former user"));
    await env.settle();
    expect(state()).toEqual({ status: "connecting" });
  });

  test("a token that arrives after stop opens nothing", async () => {
    let deliver: (token: string) => void = () => {};
    getToken = () => new Promise((resolve) => (deliver = resolve));
    client.start();
    client.stop();
    deliver("late");
    await env.settle();
    expect(env.sockets).toHaveLength(0);
    expect(env.leftovers).toBe(0);
  });

  test("a refused token ends the client; any other failure is retried", async () => {
    getToken = async () => {
      throw new Error("the token server is down");
    };
    client.start();
    await env.advance(60_000);
    expect(state()).toMatchObject({ status: "reconnecting" });
    getToken = async () => {
      throw new TokenRefusedError("not signed in");
    };
    await env.advance(60_000);
    expect(state()).toEqual({
      status: "stopped",
      reason: "tokenRefused",
      code: null,
      detail: "not signed in",
    });
    expect(env.leftovers).toBe(0);
  });

  test("start and stop may be called repeatedly", async () => {
    await live();
    client.start();
    await env.settle();
    expect(env.sockets).toHaveLength(1);
    client.stop();
    client.stop();
    expect(state()).toMatchObject({ status: "stopped", reason: "stopped" });
    client.start();
    await open();
    expect(state()).toEqual({ status: "live" });
    expect(env.held).toHaveLength(1);
  });

  test("a listener may stop the client when it becomes live", async () => {
    client.start();
    await env.settle();
    client.subscribe(() => client.getSnapshot().connection.status === "live" && client.stop());
    env.socket.accept().sync([ann]);
    expect(state()).toMatchObject({ status: "stopped" });
    expect(env.held).toHaveLength(0);
    expect(env.leftovers).toBe(0);
  });

  test("an invalid host or room throws an error with the reason", () => {
    const make = (host: string, room: string) => () =>
      createPresenceClient({ host, room, environment: env, getToken: () => getToken() });
    expect(make("", "lobby")).toThrow(/host is missing/);
    expect(make("h", "a/b?c")).toThrow(/"a\/b\?c" cannot be a room/);
  });
});

describe("the end of a connection", () => {
  test.each([
    [CLOSE.badMessages, "badMessages"],
    [CLOSE.tokenRefused, "tokenRefused"],
    [CLOSE.roomRefused, "roomRefused"],
    [CLOSE.versionRefused, "versionRefused"],
    [CLOSE.replaced, "replaced"],
    [CLOSE.signedOut, "signedOut"],
    [CLOSE.tooLarge, "tooMuch"],
    [CLOSE.tooFast, "tooMuch"],
    [CLOSE.profileTooLong, "profileTooLong"],
    [CLOSE.tooManyOfUser, "tooManyOfUser"],
    [CLOSE.roomFull, "roomFull"],
    [CLOSE.tooManyUsers, "tooManyUsers"],
    [CLOSE.roomDeleted, "roomDeleted"],
    [CLOSE.disconnected, "disconnected"],
    [4499, "disconnected"],
  ] as const)("[SE3] after %i the client stops as %s for good", async (code, reason) => {
    client.start();
    await env.settle();
    env.socket.accept().end(code, "because");
    expect(state()).toEqual({ status: "stopped", reason, code, detail: "because" });
    client.start();
    env.emit({ type: "online" });
    await env.advance(600_000);
    expect(env.sockets).toHaveLength(1);
    expect(env.leftovers).toBe(0);
    client.reconnect();
    await open();
    expect(state()).toEqual({ status: "live" });
  });

  test.each([CLOSE.tokenExpired, CLOSE.heartbeatMissed, CLOSE.left, CLOSE.unavailable, 1006, 1012])(
    "after %i the client reconnects by itself",
    async (code) => {
      await live();
      env.socket.end(code);
      await env.advance(2_000);
      await open();
      expect(state()).toEqual({ status: "live" });
    },
  );

  test("[SE1] while the token issuer's clock is ahead, each attempt fetches a new token, with growing waits and a warning", async () => {
    let fetched = 0;
    getToken = async () => `token-${(fetched += 1)}`;
    client.start();
    const detail = (seconds: number) =>
      `the token was issued (iat) ${seconds} s in the future: the clocks differ`;
    for (let sockets = 1, passed = 0; passed < 300_000; passed += 1_000) {
      await env.settle();
      if (env.sockets.length >= sockets) {
        sockets = env.sockets.length + 1;
        env.socket.accept().end(CLOSE.tokenExpired, detail(60 + sockets));
      }
      await env.advance(1_000);
    }
    // The average wait is half of the longest. A client without back-off would try hundreds of times.
    expect(fetched).toBeLessThan(60);
    expect(state()).toMatchObject({
      status: "reconnecting",
      problem: { kind: "closed", code: CLOSE.tokenExpired, detail: expect.stringContaining("clocks differ") },
    });
    expect(env.warnings).toHaveLength(1);
    expect(env.warnings[0]).toContain("clocks differ");
    client.reconnect();
    await open();
    expect(state()).toEqual({ status: "live" });
  });

  test("a closing message counts as the close", async () => {
    await live();
    env.socket.say({ type: "closing", code: CLOSE.signedOut, detail: "signed out elsewhere" });
    expect(state()).toMatchObject({ status: "stopped", reason: "signedOut", code: CLOSE.signedOut });
    expect(env.held).toHaveLength(0);
  });
});

describe("[HB7] reconnecting", () => {
  test("[HB7] the first attempt comes at a random time within the server's spread", async () => {
    await live();
    env.chance = 0.75;
    const lostAt = env.serverNow();
    env.socket.end(1012);
    expect(state()).toEqual({
      status: "reconnecting",
      sinceAt: lostAt,
      attempt: 1,
      retryAt: lostAt + 1_500,
      problem: { kind: "closed", code: 1012, detail: "the room server closed it: 1012" },
    });
    await env.advance(1_499);
    expect(env.sockets).toHaveLength(1);
    await env.advance(1);
    expect(env.sockets).toHaveLength(2);
    expect(state()).toMatchObject({ attempt: 1, retryAt: null });
  });

  test("[HB7] before any sync a default spread applies", async () => {
    client.start();
    await env.settle();
    env.socket.end();
    expect(state()).toMatchObject({ retryAt: env.serverNow() + 1_250 });
  });

  test("[HB7] the delay doubles up to the server's limit, and starts over after a connection that lasted", async () => {
    await live();
    env.chance = 0.999;
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      env.socket.end();
      const { connection } = client.getSnapshot();
      if (connection.status !== "reconnecting" || connection.retryAt === null) throw new Error("not waiting");
      delays.push(Math.round((connection.retryAt - env.serverNow()) / 100) * 100);
      await env.advance(connection.retryAt - env.serverNow());
    }
    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 22_500, 22_500]);
    await open();
    env.socket.end();
    expect(state()).toMatchObject({ attempt: 2 });
    await env.advance(30_000);
    await open();
    await env.advance(10_000);
    env.socket.end();
    expect(state()).toMatchObject({ attempt: 1 });
  });

  test("[HB7] the return of the network shortens a wait, with a little jitter", async () => {
    await live();
    env.chance = 0.999;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      env.socket.end();
      if (attempt < 4) await env.advance(30_000);
    }
    const before = env.sockets.length;
    env.emit({ type: "online" });
    await env.settle();
    expect(env.sockets).toHaveLength(before);
    await env.advance(500);
    expect(env.sockets).toHaveLength(before + 1);
  });

  test("reconnect() does not wait", async () => {
    await live();
    env.socket.end();
    client.reconnect();
    await env.settle();
    expect(env.sockets).toHaveLength(2);
  });
});

describe("[HB6] the watchdog", () => {
  test("[HB6] a ping is answered at once, with its instant and the activity", async () => {
    await live();
    await env.advance(4_000);
    env.socket.ping();
    expect(env.socket.take()).toEqual([{ type: "pong", at: env.serverNow(), idleMs: 4_000, hiddenMs: null }]);
  });

  test("[HB6] after 2.5 intervals of silence the client sends a probe, and reconnects without an echo within 2 s", async () => {
    await live();
    await env.advance(8_000);
    // It measures the latency.
    expect(types()).toEqual(["probe"]);
    await env.advance(16_999);
    expect(types()).toEqual([]);
    await env.advance(1);
    expect(types()).toEqual(["probe"]);
    await env.advance(1_999);
    expect(state()).toEqual({ status: "live" });
    await env.advance(1);
    expect(state()).toMatchObject({ status: "reconnecting", attempt: 1 });
    expect(env.socket.closedByClient).toBe(true);
  });

  test("[HB6] the echo answers the probe", async () => {
    await live();
    await env.advance(26_000);
    env.socket.echo();
    await env.advance(20_000);
    expect(env.sockets).toHaveLength(1);
    expect(state()).toEqual({ status: "live" });
  });

  test("[HB6] messages from before the page froze do not count as an answer", async () => {
    await live();
    env.emit({ type: "resume" });
    env.socket.ping();
    await env.advance(1_999);
    expect(state()).toEqual({ status: "live" });
    await env.advance(1);
    expect(state()).toMatchObject({ status: "reconnecting" });
  });

  test("[HB6] the client waits for an echo behind other messages on a slow connection", async () => {
    await live();
    env.emit({ type: "resume" });
    for (let frame = 0; frame < 5; frame += 1) {
      await env.advance(1_500);
      env.socket.ping();
    }
    env.socket.echo();
    await env.advance(20_000);
    expect(state()).toEqual({ status: "live" });
  });

  test.each(["online", "visibility", "resume", "pageshow"] as const)(
    "[HB6] %s sends a probe at once",
    async (type) => {
      await live();
      await env.advance(1_000);
      env.emit(type === "pageshow" ? { type, restored: true } : { type });
      expect(types()).toContain("probe");
      expect(client.getSnapshot().stale).toBe(false);
      await env.advance(2_000);
      expect(state()).toMatchObject({ status: "reconnecting" });
    },
  );

  test("[HB6] a page that becomes hidden sends no probe", async () => {
    await live();
    env.show(false);
    expect(types()).toEqual(["activity"]);
  });

  test("[HB6] a machine that wakes sends a probe within 2 s, although no timer ran during its sleep", async () => {
    await live();
    await env.advance(1_000);
    env.sleep(8 * 3_600_000);
    await env.advance(1_000);
    expect(types()).toEqual(["probe"]);
    expect(client.getSnapshot().stale).toBe(true);
    env.socket.echo();
    await env.advance(1_000);
    expect(state()).toMatchObject({ status: "live" });
  });

  test("[HB6] the wake of the machine shortens the client's wait", async () => {
    await live();
    env.chance = 0.999;
    for (let attempt = 0; attempt < 4; attempt += 1) {
      env.socket.end();
      if (attempt < 3) await env.advance(30_000);
    }
    const before = env.sockets.length;
    env.sleep(3_600_000);
    await env.advance(2_500);
    expect(env.sockets).toHaveLength(before + 1);
  });

  test("[HB6] an echo behind a delayed timer gets a second chance, once", async () => {
    await live();
    env.emit({ type: "online" });
    env.freeze(60_000);
    await env.advance(0);
    expect(state()).toEqual({ status: "live" });
    await env.advance(2_000);
    expect(state()).toMatchObject({ status: "reconnecting" });
  });

  test("[HB6] a page whose timers are always late still detects silence", async () => {
    await live();
    env.emit({ type: "online" });
    env.freeze(60_000);
    await env.advance(0);
    env.freeze(60_000);
    await env.advance(0);
    expect(state()).toMatchObject({ status: "reconnecting" });
  });

  test("[HB6] a client whose messages are lost reconnects 5 s after the first ping, though it hears the server", async () => {
    await live();
    await env.advance(10_000);
    // The server repeats it after 3 s, because the pong is lost.
    env.socket.ping();
    await env.advance(3_000);
    env.socket.ping();
    await env.advance(1_000);
    env.socket.diff({ seq: 1, changed: [] });
    expect(state()).toEqual({ status: "live" });
    await env.advance(2_000);
    expect(state()).toMatchObject({ status: "reconnecting", attempt: 1 });
  });

  test("[HB6] messages postpone the deadline of a probe to 8 s, and not beyond", async () => {
    await live();
    env.emit({ type: "resume" });
    for (let seconds = 1; seconds <= 7; seconds += 1) {
      await env.advance(1_000);
      env.socket.ping();
    }
    expect(state()).toEqual({ status: "live" });
    await env.advance(1_000);
    expect(state()).toMatchObject({ status: "reconnecting", attempt: 1 });
  });

  test("[SY6] the roster is stale as soon as the browser says that it is offline, and until an echo comes", async () => {
    await live();
    env.emit({ type: "offline" });
    expect(client.getSnapshot().stale).toBe(true);
    env.socket.ping();
    expect(client.getSnapshot().stale).toBe(true);
    env.socket.echo();
    expect(client.getSnapshot().stale).toBe(false);
    env.emit({ type: "offline" });
    await env.advance(2_000);
    expect(state()).toMatchObject({ status: "reconnecting" });
  });

  test("[HB6] reports of input stop the server's pings, and do not put the connection in doubt", async () => {
    await live();
    const suspected: boolean[] = [];
    client.subscribe(() => suspected.push(client.getSnapshot().stale));
    for (let round = 0; round < 20; round += 1) {
      await env.advance(6_000);
      env.emit({ type: "input" });
      if (env.socket.take().some((message) => message.type === "probe")) {
        env.socket.say({ type: "echo", at: 0, now: env.serverNow() });
      }
    }
    expect(suspected).not.toContain(true);
  });

  test("the latency is measured when the page has started, and every 3 intervals while it is visible", async () => {
    client.start();
    await env.settle();
    env.socket.accept().sync([ann]);
    await env.advance(300);
    env.socket.echo();
    // The page was starting. That is no latency of the network.
    expect(client.getSnapshot().latencyMs).toBeNull();
    env.socket.take();
    await env.advance(7_742);
    env.socket.echo();
    expect(client.getSnapshot().latencyMs).toBe(42);
    expect(types()).toEqual(["probe"]);
    const probes: number[] = [];
    for (let second = 1; second <= 60; second += 1) {
      await env.advance(1_000);
      if (second % 10 === 0) env.socket.ping();
      if (types().includes("probe")) probes.push(second);
    }
    expect(probes).toEqual([30, 60]);
    env.show(false);
    env.socket.take();
    await env.advance(20_000);
    env.socket.ping();
    await env.advance(20_000);
    expect(types()).toEqual(["pong"]);
  });
});

test("[CN2] a late close of an abandoned socket has no effect", async () => {
  await live();
  const old = env.socket;
  await env.advance(27_000);
  await env.advance(2_000);
  await open();
  old.endLate(CLOSE.replaced);
  expect(state()).toEqual({ status: "live" });
  expect(env.held).toHaveLength(1);
});

describe("[SY4] numbering", () => {
  test("[SY4] a gap requests a sync, and diffs are ignored until it arrives", async () => {
    await live();
    env.socket.diff({ seq: 2, removed: ["ben"] });
    expect(types()).toEqual(["resync"]);
    env.socket.diff({ seq: 1, removed: ["ann"] });
    env.socket.diff({ seq: 4, removed: ["ann"] });
    expect(types()).toEqual([]);
    expect(client.getSnapshot().users).toHaveLength(2);
    env.socket.sync([ann], 4);
    env.socket.diff({ seq: 5, added: [fakeUser("cleo")] });
    expect(client.getSnapshot().users.map((user) => user.id)).toEqual(["ann", "cleo"]);
  });

  test("[SY4] the first invalid message requests a sync, and the next one reconnects", async () => {
    await live();
    env.socket.sayRaw("{");
    expect(types()).toEqual(["resync"]);
    env.socket.sync([ann, ben], 7);
    env.socket.sayRaw(new Uint8Array(3));
    expect(state()).toMatchObject({ status: "reconnecting" });
    expect(client.getSnapshot().users).toHaveLength(2);
  });

  test("[SY4] a requested sync that does not arrive ends the connection", async () => {
    await live();
    env.socket.diff({ seq: 9 });
    await env.advance(9_000);
    env.socket.ping();
    await env.advance(1_000);
    expect(state()).toMatchObject({ status: "reconnecting" });
  });

  test("[SY4] a new connection begins with its own sync, after any state", async () => {
    await live();
    env.socket.end();
    await env.advance(2_000);
    env.socket.accept().diff({ seq: 1, removed: ["ann"] });
    expect(client.getSnapshot().users).toHaveLength(2);
    expect(types()).toEqual([]);
  });
});

describe("[SY5] the server's time", () => {
  test.each([-DELTA, 0, DELTA])(
    "[SY5] is estimated when the page's clock is off by %i ms",
    async (serverAheadMs) => {
      makeClient({ environment: new FakeEnvironment({ serverAheadMs }) });
      await live();
      await env.advance(5_000);
      expect(client.serverNow()).toBe(env.serverNow());
      env.socket.end();
      expect(state()).toMatchObject({ sinceAt: env.serverNow() });
    },
  );

  test("[SY5] is not changed by a slow message", async () => {
    await live();
    env.socket.say({ type: "ping", now: env.serverNow() - 5_000 });
    expect(client.serverNow()).toBe(env.serverNow());
  });
});

describe("[SY6] the roster without a connection", () => {
  test("[SY6] is stale when the socket closes, as of the last proof, and shows nobody as offline", async () => {
    await live();
    await env.advance(10_000);
    env.socket.ping();
    const asOfAt = env.serverNow();
    await env.advance(3_000);
    const before = client.getSnapshot();
    env.socket.end();
    const after = client.getSnapshot();
    expect(after).toMatchObject({ stale: true, asOfAt, synced: true });
    expect(after.users).toBe(before.users);
    expect(after.counts).toBe(before.counts);
    await env.advance(2_000);
    await open();
    expect(client.getSnapshot()).toMatchObject({ stale: false, asOfAt: env.serverNow() });
  });

  test("[SY6] is stale while a silence is probed", async () => {
    await live();
    await env.advance(25_000);
    expect(client.getSnapshot().stale).toBe(true);
    env.socket.echo();
    expect(client.getSnapshot().stale).toBe(false);
  });

  test("[SY6] is not proven by a proof during a gap", async () => {
    await live();
    const asOfAt = env.serverNow();
    env.socket.diff({ seq: 3 });
    await env.advance(1_000);
    env.socket.ping();
    env.socket.end();
    expect(client.getSnapshot().asOfAt).toBe(asOfAt);
  });

  test("[SY6] stays after a stop, marked stale", async () => {
    await live();
    client.stop();
    expect(client.getSnapshot()).toMatchObject({ stale: true, users: [ann, ben] });
  });
});

describe("[ST2] evidence on the wire", () => {
  test("[ST2] hiding and showing the page is reported at once", async () => {
    await live();
    await env.advance(1_000);
    env.show(false);
    expect(env.socket.take()).toEqual([{ type: "activity", idleMs: 1_000, hiddenMs: 0 }]);
    await env.advance(2_000);
    env.show(true);
    expect(env.socket.take()[0]).toEqual({ type: "activity", idleMs: 0, hiddenMs: null });
  });

  test("[ST2] input after a pause is reported at once, other input by the next pong", async () => {
    await live();
    for (let second = 0; second < 5; second += 1) {
      await env.advance(1_000);
      env.emit({ type: "input" });
    }
    expect(types()).toEqual([]);
    env.socket.ping();
    expect(types()).toEqual(["pong"]);
    await env.advance(5_001);
    env.socket.take();
    env.emit({ type: "input" });
    expect(env.socket.take()).toEqual([{ type: "activity", idleMs: 0, hiddenMs: null }]);
  });

  test("[ST2] nothing is queued without a connection; the next one reports the state at that time", async () => {
    await live();
    env.socket.end();
    env.emit({ type: "input" });
    env.show(false);
    await env.advance(2_000);
    expect(env.socket.target.params).toMatchObject({ idle: "1000", hidden: "1000" });
    env.show(true);
    env.socket.accept().sync([ann]);
    expect(env.socket.take()).toMatchObject([{ type: "probe", idleMs: 0, hiddenMs: null }]);
  });
});

describe("leaving", () => {
  test("[GR1] a page that unloads sends its last activity and leaving, and closes the socket", async () => {
    await live();
    await env.advance(700);
    env.emit({ type: "pagehide" });
    expect(env.socket.take()).toEqual([
      { type: "activity", idleMs: 700, hiddenMs: null },
      { type: "leaving" },
    ]);
    expect(env.held).toHaveLength(0);
  });

  test("[GR1] a page restored from the back/forward cache connects at once", async () => {
    await live();
    env.emit({ type: "pagehide" });
    env.sleep(60_000);
    env.emit({ type: "pageshow", restored: true });
    await open();
    expect(state()).toEqual({ status: "live" });
    expect(env.sockets).toHaveLength(2);
  });

  test("[GR1] a page that sent leaving but is still there reconnects", async () => {
    await live();
    env.emit({ type: "pagehide" });
    await env.advance(4_999);
    expect(env.sockets).toHaveLength(1);
    await env.advance(1);
    expect(env.sockets).toHaveLength(2);
  });

  test("[GR1] stop sends leaving, and leaves no timers or listeners", async () => {
    await live();
    client.stop();
    expect(types()).toEqual(["activity", "leaving"]);
    expect(env.held).toHaveLength(0);
    expect(env.leftovers).toBe(0);
  });

  test("[GR2] signing out tells the server, and ends when the server has closed", async () => {
    await live();
    const over = vi.fn<() => void>();
    const done = client.signOut().then(over);
    void client.signOut();
    await env.advance(500);
    expect(types()).toEqual(["signOut"]);
    expect(over).not.toHaveBeenCalled();
    env.socket.end(CLOSE.signedOut, "signed out");
    await done;
    expect(state()).toMatchObject({ status: "stopped", reason: "signedOut" });
    expect(env.leftovers).toBe(0);
  });

  test("[GR2] a server that does not answer does not delay a sign-out", async () => {
    await live();
    const done = client.signOut();
    await env.advance(2_000);
    await done;
    expect(state()).toMatchObject({ status: "stopped", reason: "signedOut" });
    expect(env.held).toHaveLength(0);
  });

  test("[GR2] signing out without a connection connects first, to tell the server", async () => {
    await live();
    env.socket.end();
    const done = client.signOut();
    await env.settle();
    env.socket.accept().sync([ann]);
    expect(types()).toContain("signOut");
    env.socket.end(CLOSE.signedOut);
    await done;
    expect(state()).toMatchObject({ reason: "signedOut" });
  });

  test("[GR2] signing out ends as signedOut even if the token was refused in the meantime", async () => {
    await live();
    env.socket.end();
    getToken = async () => {
      throw new TokenRefusedError();
    };
    await client.signOut();
    expect(state()).toMatchObject({ reason: "signedOut" });
    expect(env.leftovers).toBe(0);
  });

  test("[GR2] the server tells other tabs, and they stop", async () => {
    await live();
    env.socket.end(CLOSE.signedOut, "signed out");
    await env.advance(600_000);
    expect(state()).toMatchObject({ status: "stopped", reason: "signedOut", code: CLOSE.signedOut });
    expect(env.sockets).toHaveLength(1);
  });
});

test("invalid timings from a server do not make the client probe without pause", async () => {
  client.start();
  await env.settle();
  env.socket.accept().sync([ann], 0, { ...FAKE_TIMINGS, intervalMs: 0 });
  await env.advance(1_000);
  expect(env.socket.sent.length).toBeLessThan(20);
});
