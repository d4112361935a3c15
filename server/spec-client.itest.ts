import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { serverFixture, type ServerFixture } from "./testing/server-fixture";
import { SpecReplica, type Json, type SpecUser } from "./testing/spec-replica";
import { ask, newRoom, signToken, TestClient } from "./testing/test-client";

/*
 * Clients that were written from docs/spec.md alone follow a busy room, one in each scope and for each audience. At the
 * end each of them knows what the HTTP API says.
 */

let server: ServerFixture;
beforeAll(async () => {
  server = await serverFixture({
    ROLLCALL_ROSTER_LIMIT: "150",
    ROLLCALL_INTERVAL_MS: "5000",
    ROLLCALL_RETRY_MS: "2000",
    ROLLCALL_IDLE_AFTER_MS: "60000",
  });
});
afterAll(() => server.dispose());

type Role = "member" | "admin";

/** A replica on a socket of its own, which comes back when the test says so. */
class SpecClient {
  readonly replica: SpecReplica;
  binary = 0;
  readonly types = new Set<string>();
  #socket!: WebSocket;
  readonly #page = `page-${randomUUID()}`;
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly room: string,
    readonly user: string,
    readonly role: Role = "member",
    scope: Json = { type: "scope", scope: "roster" },
  ) {
    this.replica = new SpecReplica((message) => this.#socket.send(JSON.stringify(message)), scope);
  }

  async connect(): Promise<this> {
    const { replica, room, user, role } = this;
    const token = await signToken({ user, role });
    const scope = String(replica.scope["scope"]);
    const query = { token, v: "3", client: this.#page, idle: "0", scope, ...replica.resumePoint };
    replica.begin();
    const url = `${server.url.replace("http", "ws")}/parties/main/${room}?${new URLSearchParams(query)}`;
    const socket = (this.#socket = new WebSocket(url));
    socket.on("message", (data: Buffer, isBinary) => {
      if (socket !== this.#socket) return;
      if (isBinary) this.binary += 1;
      const type = replica.receive(isBinary ? data : data.toString("utf8"));
      this.types.add(type);
      for (const look of this.#waiting) look();
    });
    await this.until(() => replica.follows, `the first answer for ${user}`);
    return this;
  }

  /** The line is cut; what is known stays. */
  async drop(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    this.#socket.terminate();
    await closed;
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

  /** Everything that the room told before now has been read. */
  async settle(): Promise<void> {
    const at = Math.random();
    this.replica.say({ type: "probe", at, idleMs: 0, hiddenMs: null });
    await this.until(() => this.replica.heard.some((each) => each["at"] === at), "an echo");
  }
}

const STATUSES = ["offline", "away", "online"] as const;

/** A user as the API names the fields, of those fields that both tell of. */
function asApi(user: SpecUser, role: Role): Json {
  const { id, name, picture, sinceAt, message, dnd } = user;
  const member = { id, name, picture, status: STATUSES[user.status], sinceAt, message, dnd };
  // The API tells admins when those who are here were last heard; the wire does not.
  const lastSeen = role === "member" || user.status === 0 ? { lastSeenAt: user.lastSeenAt } : {};
  if (role === "member") return { ...member, ...lastSeen };
  const { reason, connections, availability, availabilityUntilAt, choseAt, hideLastSeen } = user;
  return {
    ...member,
    ...lastSeen,
    reason,
    connections,
    availability,
    availabilityUntilAt,
    choseAt,
    hideLastSeen,
  };
}

/** The same of what the API answers. */
function ofApi(user: Record<string, unknown>, role: Role): Json {
  const { lastActiveAt: _, lastSeenAt, connections, ...rest } = user;
  const seen = role === "member" || user["status"] === "offline" ? { lastSeenAt } : {};
  if (role === "member") return { ...rest, ...seen };
  const told = (connections as Record<string, unknown>[]).map(
    ({ heardAt: _h, inputAt: _i, rttMs: _r, ...each }) => each,
  );
  return { ...rest, ...seen, connections: told };
}

const byId = (one: Json, other: Json): number => (String(one["id"]) < String(other["id"]) ? -1 : 1);

/** Compares what a client knows of users with what the API tells its user; again until the last diff is in. */
async function expectEqualToApi(client: SpecClient, everybody: boolean): Promise<void> {
  const { replica, room, user, role } = client;
  const authorization = `Bearer ${await signToken({ user, role })}`;
  await expect
    .poll(
      async () => {
        const answer = await ask(server.url, room, "/users?limit=1000", { headers: { authorization } });
        const { users } = (await answer.json()) as { users: Record<string, unknown>[] };
        const summary = await ask(server.url, room, "/summary", { headers: { authorization } });
        const counts = (await summary.json()) as Record<string, number>;
        await client.settle();
        const told = users.filter(({ id }) => everybody || replica.users.has(String(id)));
        const known = [...replica.users.values()].map((each) => asApi(each, role)).toSorted(byId);
        const rows =
          JSON.stringify(known.map(sorted)) ===
          JSON.stringify(told.map((each) => sorted(ofApi(each, role))).toSorted(byId));
        const { online, away, offline } = counts;
        const counted =
          replica.counts === null ||
          JSON.stringify(replica.counts) === JSON.stringify([online, away, offline]);
        if (rows && counted) return "equal";
        return {
          known,
          told: told.map((each) => ofApi(each, role)).toSorted(byId),
          counts: replica.counts,
          counted,
        };
      },
      { timeout: 20_000, interval: 200 },
    )
    .toEqual("equal");
}

function sorted(value: Json): Json {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Many come, choose, hide, go and come back. */
async function bustle(room: string, people: readonly TestClient[], round: number): Promise<void> {
  for (const [index, person] of people.entries()) {
    const request = round * 1_000 + index;
    switch ((index + round) % 6) {
      case 0:
        person.send({
          type: "choose",
          request,
          availability: "away",
          message: { emoji: "🎧", text: `round ${round}`, untilAt: null },
        });
        break;
      case 1:
        person.send({
          type: "choose",
          request,
          availability: "dnd",
          availabilityUntilAt: Date.now() + 3_600_000,
          hideLastSeen: round % 2 === 0,
        });
        break;
      case 2:
        person.send({ type: "choose", request, availability: "invisible" });
        break;
      case 3:
        person.send({ type: "choose", request, availability: "auto", message: null, hideLastSeen: false });
        break;
      case 4:
        person.send({ type: "activity", idleMs: 70_000.5, hiddenMs: 70_000 });
        break;
      default:
        person.send({ type: "activity", idleMs: 0, hiddenMs: null });
    }
  }
  await Promise.all(people.map((person) => person.untilEcho()));
}

const watch = (...ids: string[]): Json => ({ type: "scope", scope: "users", ids, counts: true });

test("[SY1] [SY2] [SY4] [VW1] clients written from the specification follow a busy room in each scope, and end with the API's users", async () => {
  const room = newRoom();
  const join = (user: string): Promise<TestClient> =>
    TestClient.join(server.url, room, { user, name: `${user} Ω`, scope: { kind: "none" } });
  const names = Array.from({ length: 60 }, (_, index) => `user-${index}`);
  const people = await Promise.all(names.map(join));
  const everybody = await new SpecClient(room, "member").connect();
  const admin = await new SpecClient(room, "admin", "admin").connect();
  const hider = await new SpecClient(room, "hider").connect();
  hider.replica.say({ type: "choose", request: 1, hideLastSeen: true });
  const watcher = await new SpecClient(
    room,
    "watcher",
    "member",
    watch("user-1", "user-2", "user-2", "late", "nobody"),
  ).connect();
  const counter = await new SpecClient(room, "counter", "member", {
    type: "scope",
    scope: "summary",
  }).connect();
  const nobody = await new SpecClient(room, "nobody-heard", "member", {
    type: "scope",
    scope: "none",
  }).connect();
  const clients = [everybody, admin, hider, watcher, counter, nobody];
  for (let round = 0; round < 6; round += 1) {
    await bustle(room, people, round);
    // Some go, with a word or without one; some come back, and somebody comes for the first time.
    people[round]?.socket.terminate();
    const leaver = people[round + 10] as TestClient;
    leaver.send({ type: round % 2 === 0 ? "leaving" : "signOut" });
    await leaver.closed;
    people[round] = await join(`user-${round}`);
    people[round + 10] = await join(round === 3 ? "late" : `user-${round + 10}`);
    // A line is cut while the room goes on, and the client returns with its resume point.
    const returning = clients[round % clients.length] as SpecClient;
    await returning.drop();
    // Few change meanwhile, so that what was missed is less than a sync (SY4).
    await bustle(room, people.slice(0, 12), round + 1);
    await returning.connect();
    everybody.replica.say(round % 2 === 0 ? watch("user-3") : { type: "scope", scope: "roster" });
  }
  for (const client of clients)
    await expectEqualToApi(client, ["member", "admin", "hider"].includes(client.user));
  expect([...watcher.replica.users.keys()].toSorted()).toEqual(["late", "user-1", "user-2", "watcher"]);
  expect([...counter.replica.users.keys()]).toEqual(["counter"]);
  expect([...nobody.replica.users.keys()]).toEqual(["nobody-heard"]);
  expect(everybody.types).toContain("resumed");
  expect(clients.map(({ replica }) => replica.gaps)).toEqual(clients.map(() => 0));
  expect(clients.flatMap(({ replica }) => replica.heard).filter(({ type }) => type === "error")).toEqual([]);
  for (const person of people) person.socket.terminate();
}, 120_000);

test("[VW2] a client written from the specification reads a large room page by page, and keeps its own row", async () => {
  const room = newRoom();
  const names = Array.from({ length: 170 }, (_, index) => `user-${String(index).padStart(3, "0")}`);
  const join = (user: string): Promise<TestClient> =>
    TestClient.join(server.url, room, { user, scope: { kind: "none" } });
  const people = await Promise.all(names.map(join));
  const client = await new SpecClient(room, "zoe").connect();
  expect(client.replica.mode).toBe("pages");
  const query = { sort: "name", descending: false, offset: 40, limit: 20 };
  client.replica.say({ type: "page", request: -7, query });
  await client.until(() => client.replica.heard.some(({ request }) => request === -7), "the page");
  expect([...client.replica.users.keys()].toSorted()).toEqual([...names.slice(40, 60), "zoe"]);
  await bustle(room, people.slice(35, 65), 1);
  client.replica.say({ type: "choose", request: 2, availability: "away" });
  await expectEqualToApi(client, false);
  expect(client.replica.users.get("zoe")?.status).toBe(1);
  // A page that is asked for with a new scope is answered after its sync.
  client.replica.say({ type: "scope", scope: "roster" });
  client.replica.say({ type: "page", request: 8, query: { ...query, offset: 0, limit: 1 } });
  await client.until(() => client.replica.heard.some(({ request }) => request === 8), "the second page");
  expect([...client.replica.users.keys()].toSorted()).toEqual(["user-000", "zoe"]);
  await expectEqualToApi(client, false);
  for (const person of people) person.socket.terminate();
}, 120_000);

test("[VW2] outside the mode pages each request for a page gets the error noPages", async () => {
  const room = newRoom();
  const client = await new SpecClient(room, "ada").connect();
  const page = (request: number): Json => ({
    type: "page",
    request,
    query: { sort: "name", descending: true, offset: 0, limit: 1 },
  });
  const errors = (): Json[] => client.replica.heard.filter(({ type }) => type === "error");
  for (const scope of ["roster", "users", "summary", "none"]) {
    const before = errors().length;
    client.replica.say({ type: "scope", scope, ...(scope === "users" && { ids: [] }) });
    // Before the sync, and after it.
    client.replica.say(page(1));
    await client.until(() => errors().length > before, `the first error in ${scope}`);
    client.replica.say(page(2));
    await client.until(() => errors().length > before + 1, `the second error in ${scope}`);
    expect(client.replica.mode).toBe(scope);
    expect(errors().slice(before)).toEqual(
      [1, 2].map((request) => expect.objectContaining({ code: "noPages", request })),
    );
  }
  // More than may fail (SE3): it is none of those.
  expect(errors()).toHaveLength(8);
  await client.settle();
  await client.drop();
});
