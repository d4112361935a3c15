import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { FIRST_PAGE } from "../../core/shared/page-query";
import type { Scope } from "../../core/shared/scope";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, newRoom, TestClient } from "../testing/test-client";

let server: ServerFixture;

const LIMIT = 12;
const watch = (...ids: string[]): Scope => ({ kind: "users", ids, counts: false });
const known = ({ roster: { epoch, seq } }: TestClient) => ({ epoch: epoch ?? "", seq });

beforeAll(async () => {
  server = await serverFixture({
    ROLLCALL_ROSTER_LIMIT: String(LIMIT),
    ROLLCALL_MAX_UNREAD_LENGTH: "20000",
  });
});
afterAll(() => server.dispose());

function join(room: string, user: string, options: object = {}): Promise<TestClient> {
  return TestClient.join(server.url, room, { user, ...options });
}

async function crowd(room: string, size: number): Promise<TestClient[]> {
  const names = Array.from({ length: size }, (_, index) => `user-${String(index).padStart(2, "0")}`);
  return Promise.all(names.map((name) => join(room, name)));
}

async function leaveAll(clients: readonly TestClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.leave()));
}

describe("resuming", () => {
  test("[SY4] a client that returns gets exactly what it missed, and continues with the next diff", async () => {
    const room = newRoom();
    const people = await crowd(room, 5);
    const ada = await join(room, "ada", { clientId: "page" });
    await people[0]?.untilStatus("ada", "online");
    await ada.leave();
    const ben = await join(room, "ben");
    // Within Ada's grace, so that nobody but Ben has changed meanwhile.
    const back = await TestClient.open(server.url, room, {
      user: "ada",
      clientId: "page",
      resumeFrom: known(ada),
    });
    await back.until(() => back.of("resumed").length === 1, "what was missed");
    expect(back.of("sync")).toEqual([]);
    expect(back.of("resumed")[0]).toMatchObject({ self: "ada", from: ada.roster.seq, removed: [] });
    expect(back.of("resumed")[0]?.users.map(({ id }) => id)).toEqual(["ben"]);
    const next = (back.of("resumed")[0]?.seq ?? 0) + 1;
    await leaveAll([ben]);
    await back.until(() => back.of("diff").length > 0, "the next diff");
    expect(back.of("diff")[0]?.seq).toBe(next);
    await leaveAll([...people, back]);
  });

  test("[SY4] after a restart, or from another numbering, it gets a sync", async () => {
    const room = newRoom();
    const ada = await join(room, "ada", { clientId: "page" });
    await server.crash();
    const back = await join(room, "ada", { clientId: "page", resumeFrom: known(ada) });
    expect(back.of("resumed")).toEqual([]);
    const stranger = await join(room, "ben", { resumeFrom: { epoch: "__proto__", seq: 1 } });
    expect(stranger.of("sync")).toHaveLength(1);
    await leaveAll([back, stranger]);
  });
});

describe("scope", () => {
  test("[VW1] a watch list brings these people and the own user, and no others", async () => {
    const room = newRoom();
    const [first, second, ...others] = await crowd(room, 6);
    const ada = await join(room, "ada", { scope: watch("user-00", "nobody yet") });
    expect([...ada.roster.users.keys()].toSorted()).toEqual(["ada", "user-00"]);
    expect(ada.of("sync")[0]).toMatchObject({ mode: "users", counts: null });
    await leaveAll([second as TestClient, ...others, first as TestClient]);
    await ada.untilStatus("user-00", "offline");
    const told = ada.of("diff").flatMap(({ added, changed }) => [...added, ...changed].map(({ id }) => id));
    expect(new Set(told)).toEqual(new Set(["user-00"]));
    // A watched user who was unknown is sent as soon as they join.
    const newcomer = await join(room, "nobody yet");
    await ada.untilStatus("nobody yet", "online");
    await leaveAll([ada, newcomer]);
  });

  test("[VW1] the scope summary brings counts and no names, and the scope none the own user", async () => {
    const room = newRoom();
    const ada = await join(room, "ada", { scope: { kind: "summary" } });
    const eve = await join(room, "eve", { scope: { kind: "none" } });
    expect(ada.of("sync")[0]).toMatchObject({ mode: "summary", counts: { online: 1, away: 0, offline: 0 } });
    const ben = await join(room, "ben");
    await ada.until(() => ada.roster.counts?.online === 3, "the count of three");
    expect([...ada.roster.users.keys()]).toEqual(["ada"]);
    expect([...eve.roster.users.keys()]).toEqual(["eve"]);
    expect(eve.of("diff")).toEqual([]);
    // They are seen like everybody else.
    expect([...ben.roster.users.keys()].toSorted()).toEqual(["ada", "ben", "eve"]);
    await leaveAll([ada, ben, eve]);
  });

  test("[VW1] the scope changes any number of times without reconnecting", async () => {
    const room = newRoom();
    const people = await crowd(room, 4);
    const ada = await join(room, "ada");
    for (const scope of [
      watch("user-01"),
      { kind: "summary" },
      { kind: "none" },
      { kind: "roster" },
    ] as const) {
      const syncs = ada.of("sync").length;
      ada.setScope(scope);
      await ada.until(() => ada.of("sync").length > syncs, `the sync of ${scope.kind}`);
      expect(ada.roster.mode).toBe(scope.kind);
    }
    expect(ada.roster.users.size).toBe(5);
    await people[3]?.leave();
    await ada.untilStatus("user-03", "offline");
    await leaveAll([ada, ...people.slice(0, 3)]);
  });

  test("[VW1] [HB5] a watch list outlives the room's hibernation: the room asks for it again", async () => {
    // The platform hibernates a room that has been idle for some 10 s; heartbeats come later than that.
    const sleepy = await serverFixture({
      ROLLCALL_INTERVAL_MS: "13000",
      ROLLCALL_RETRY_MS: "3000",
      ROLLCALL_GRACE_MS: "12000",
      ROLLCALL_RESTART_GRACE_MS: "12000",
      ROLLCALL_IDLE_AFTER_MS: "60000",
    });
    const room = newRoom();
    const ada = await TestClient.join(sleepy.url, room, { user: "ada", scope: watch("ben") });
    const sum = await TestClient.join(sleepy.url, room, { user: "sum", scope: { kind: "summary" } });
    const { wokenAt } = await (await ask(sleepy.url, room, "/summary")).json();
    await ada.until(() => ada.of("ping").length > 0, "a heartbeat");
    expect((await (await ask(sleepy.url, room, "/summary")).json()).wokenAt).toBeGreaterThan(wokenAt);
    const ben = await TestClient.join(sleepy.url, room, { user: "ben" });
    await ada.untilStatus("ben", "online");
    expect(ada.of("rescope").length).toBeGreaterThan(1);
    await sum.until(() => sum.roster.counts?.online === 3, "the count of three");
    expect(sum.of("rescope")).toEqual([]);
    await leaveAll([ada, ben, sum]);
    await sleepy.dispose();
  });
});

describe("large rooms", () => {
  test("[VW2] a room above the limit answers with counts and the first page, and serves other pages", async () => {
    const room = newRoom();
    const people = await crowd(room, LIMIT + 8);
    const ada = await join(room, "ada");
    const total = LIMIT + 9;
    expect(ada.of("sync")[0]).toMatchObject({
      mode: "pages",
      counts: { online: total, away: 0, offline: 0 },
    });
    const query = { ...FIRST_PAGE, sort: "name" as const, offset: 4, limit: 3 };
    ada.send({ type: "page", request: 7, query });
    await ada.until(() => ada.of("page").length === 1, "the page");
    expect(ada.of("page")[0]).toMatchObject({ request: 7, total });
    expect(ada.of("page")[0]?.users.map(({ id }) => id)).toEqual(["user-03", "user-04", "user-05"]);
    ada.send({ type: "page", request: 8, query: { ...query, offset: 0, query: "-01" } });
    await ada.until(() => ada.of("page").length === 2, "the search");
    expect(ada.of("page")[1]).toMatchObject({ total: 1, users: [{ id: "user-01" }] });
    // Those on the page are heard of, others only as counts.
    const diffs = ada.of("diff").length;
    await people[2]?.leave();
    await people[1]?.leave();
    await ada.untilStatus("user-01", "offline");
    await ada.until(() => ada.roster.counts?.offline === 2, "the counts");
    const told = ada
      .of("diff")
      .slice(diffs)
      .flatMap(({ changed }) => changed.map(({ id }) => id));
    expect(new Set(told)).toEqual(new Set(["user-01"]));
    await leaveAll([ada, ...people]);
  });

  test("[VW2] a room that grows above the limit moves its clients to pages", async () => {
    const room = newRoom();
    const ada = await join(room, "ada");
    expect(ada.roster.mode).toBe("roster");
    const people = await crowd(room, Math.ceil(LIMIT * 1.25) + 1);
    await ada.until(() => ada.roster.mode === "pages", "pages");
    expect(ada.roster.counts?.online).toBe(people.length + 1);
    await leaveAll([ada, ...people]);
  });
});

test("[SE4] a client that sends and does not read is closed, and gets a sync when it returns", async () => {
  const room = newRoom();
  const slow = await join(room, "slow", { clientId: "page" });
  slow.socket.pause();
  // Each sync is asked for by somebody who never reads one.
  const others = await crowd(room, 8);
  const asking = setInterval(() => {
    if (slow.socket.readyState === slow.socket.OPEN) slow.send({ type: "resync" });
  }, 110);
  await others[0]?.until(
    () => slow.socket.readyState !== slow.socket.OPEN || isCut(others[0]),
    "the cut",
    60_000,
  );
  clearInterval(asking);
  slow.socket.resume();
  expect((await slow.closed).code).toBe(CLOSE.tooSlow);
  const back = await join(room, "slow", { clientId: "page" });
  expect(back.roster.users.size).toBe(9);
  await leaveAll([back, ...others]);
});

/** Whether others see that the slow one's connection has dropped: its grace ends. */
function isCut(client: TestClient | undefined): boolean {
  return client?.user("slow")?.status === "offline";
}
