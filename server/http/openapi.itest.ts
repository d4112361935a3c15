import { Validator } from "@seriousme/openapi-schema-validator";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DESCRIPTION, expectDescribed, expectValid, operation, OPERATIONS } from "../testing/api-description";
import { BAD_REQUESTS, type Call } from "../testing/bad-requests";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { newRoom, signToken, TEST_SECRETS, TestClient } from "../testing/test-client";

const KEY = TEST_SECRETS.ROLLCALL_API_KEY;
const DAY_MS = 86_400_000;
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;

let server: ServerFixture;
let room: string;
let ada: TestClient;
let gone: TestClient;
/** What every answer had for a status: in the end each described one must have been seen. */
const seen = new Set<string>();
const hooks: { headers: Record<string, unknown>; body: string }[] = [];
const receiver = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += String(chunk)));
  request.on("end", () => {
    hooks.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  server = await serverFixture({
    ROLLCALL_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    ROLLCALL_WEBHOOK_SECRET: WEBHOOK_SECRET,
    // Nobody becomes away or is given up while this process compiles schemas.
    ROLLCALL_INTERVAL_MS: "10000",
    ROLLCALL_RETRY_MS: "3000",
    ROLLCALL_IDLE_AFTER_MS: "300000",
  });
  room = newRoom();
  ada = await TestClient.join(server.url, room, { user: "ada", name: "Ada" });
  for (const name of ["Åsa", "Ben", "Zoë"]) await TestClient.join(server.url, room, { user: name, name });
  gone = await TestClient.join(server.url, room, { user: "gone" });
  gone.send({ type: "signOut" });
  await ada.untilStatus("gone", "offline");
});

afterAll(async () => {
  receiver.close();
  await server.dispose();
});

/** A body that has been held against the description, so that its fields need no more proof. */
// oxlint-disable-next-line typescript/no-explicit-any
type Told = any;

/** Calls an operation and holds whatever comes back against the description. */
async function call(operationId: string, { path = {}, query = {}, body, bearer = KEY }: Call = {}) {
  const { method, path: template } = operation(operationId);
  const named: Record<string, string> = { room, id: "ada", ...path };
  const address = template.replace(/\{(\w+)\}/g, (_, name: string) => named[name] ?? "");
  const search = new URLSearchParams(query).toString();
  const response = await fetch(`${server.url}${address}${search && `?${search}`}`, {
    method,
    headers: bearer === "" ? {} : { authorization: `Bearer ${bearer}` },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  seen.add(`${operationId} ${response.status}`);
  const told = (await expectDescribed(operationId, response)) as Told;
  return { status: response.status, body: told };
}

/** A body that an operation takes; what it takes none of is not sent any. */
const bodyOf = (operationId: string) => (operationId === "queryUsers" ? { body: { ids: ["ada"] } } : {});

describe("the description", () => {
  test("is valid by OpenAPI 3.1's own schema", async () => {
    expect(await new Validator().validate(structuredClone(DESCRIPTION))).toEqual({ valid: true });
  });

  test("has every call of the specification's table, with its parameters, and no others", () => {
    const spec = readFileSync(new URL("../../docs/spec.md", import.meta.url), "utf8");
    const table = spec.split("## API: HTTP")[1]?.split("\n## ")[0] ?? "";
    const calls = [...table.matchAll(/`(GET|POST|DELETE) ([^`?]+)(?:\?([^`]*))?`/g)].map(
      ([, method = "", path = "", query = ""]) => ({
        call: `${method} ${path.replace("…", "/parties/main/:room").replace(/:(\w+)/g, "{$1}")}`,
        query: query.split("&").flatMap((each) => each.split("=")[0] || []),
      }),
    );
    expect(calls.length).toBeGreaterThan(10);
    const described = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
    // HEAD is GET without its body, and no call of its own.
    const own = described.filter((each) => !each.startsWith("HEAD"));
    expect([...new Set(calls.map((each) => each.call))].toSorted()).toEqual(own.toSorted());
    for (const { call: text, query } of calls) {
      const found = OPERATIONS.find(({ method, path }) => `${method} ${path}` === text);
      expect(found?.query).toEqual(expect.arrayContaining(query));
    }
  });

  test.each(
    ["", "parties", "parties/main", "parties/main/:room/", "parties/main/:room/connections"]
      .concat([
        "parties/main/:room/users/ada/x",
        "parties/main/:room/users/ada/history/x",
        "parties/main/:room/stats/x",
      ])
      .concat(["parties/directory/main/stats", "parties/directory/main/rooms/x", "parties/directory/x/rooms"])
      .concat([
        "party/:room/summary",
        "health/",
        "ready/",
        "parties/storage/x/get",
        "parties/storage/probe-0",
        "identity/",
        "metrics/x",
      ]),
  )("/%s is not served, since it is not described", async (address) => {
    for (const method of ["GET", "PUT"]) {
      const response = await fetch(`${server.url}/${address.replace(":room", room)}`, {
        method,
        headers: { authorization: `Bearer ${KEY}` },
      });
      expect(response.status).toBe(404);
      expectValid("#/components/schemas/Problem", await response.json(), `${method} /${address}`);
    }
  });
});

describe("good requests", () => {
  test("[PR1] members and admins get the described responses for their role", async () => {
    const member = await signToken({ user: "eve", rooms: [room] });
    const admin = await signToken({ user: "root", role: "admin", rooms: [room] });
    for (const [bearer, audience] of [
      [member, "Member"],
      [admin, "Admin"],
      [KEY, "Admin"],
    ] as const) {
      const user = `#/components/schemas/${audience}User`;
      const page = await call("listUsers", { bearer });
      expect(page.body.users.map(({ id }: { id: string }) => id)).toEqual([
        "ada",
        "Åsa",
        "Ben",
        "gone",
        "Zoë",
      ]);
      for (const each of page.body.users) expectValid(user, each, audience);
      expectValid(user, (await call("getUser", { bearer })).body.user, audience);
      const byId = await call("listUsers", { bearer, query: { ids: "ada,nobody" } });
      expect(byId.body.unknown).toEqual(["nobody"]);
      for (const each of byId.body.users) expectValid(user, each, audience);
      const queried = await call("queryUsers", { bearer, body: { ids: ["gone", "a,b"] } });
      expect(queried.body.unknown).toEqual(["a,b"]);
      for (const each of queried.body.users) expectValid(user, each, audience);
      const summary = await call("getSummary", { bearer });
      expectValid(`#/components/schemas/${audience}Summary`, summary.body, audience);
      expect(summary.body).toMatchObject({ users: 5, online: 4, offline: 1 });
    }
  });

  test("pages follow each other by cursor, filters and ids answer as described", async () => {
    const first = await call("listUsers", { query: { limit: "2", status: "online", q: "" } });
    expect(first.body).toMatchObject({ total: 4, users: [{ id: "ada" }, { id: "Åsa" }] });
    const query = { limit: "2", status: "online", cursor: first.body.nextCursor };
    expect((await call("listUsers", { query })).body).toMatchObject({
      users: [{ id: "Ben" }, { id: "Zoë" }],
      nextCursor: null,
    });
    expect((await call("listUsers", { query: { q: "ÅS" } })).body.users).toHaveLength(1);
    expect((await call("listUsers", { query: { ids: "" } })).body).toMatchObject({ users: [], unknown: [] });
  });

  test("history, figures, rooms and metrics answer as described", async () => {
    const { body: user } = await call("getUserHistory");
    expect(user.changes).toMatchObject([{ was: "offline", status: "online" }]);
    const { body: past } = await call("getRoomHistory", { query: { step: "60000" } });
    // The room has just begun.
    expect(past.points).toHaveLength(1);
    const from = new Date(Date.now() - DAY_MS).toISOString();
    await call("getRoomHistory", { query: { from, to: String(Date.now()) } });
    // Before anything happened, and before 1970, where a day before `to` would lie.
    const early = await call("getRoomHistory", { path: { room: newRoom() }, query: { to: "5" } });
    expect(early.body).toMatchObject({ from: 0, points: [] });
    await call("getStats");
    let rooms: Told;
    // A room registers itself after the first sync.
    do rooms = (await call("listRooms", { query: { q: room.toUpperCase(), limit: "1" } })).body;
    while (rooms.total === 0);
    expect(rooms.rooms).toMatchObject([{ room, answers: true, online: 4 }]);
    await call("listRooms", { query: { cursor: room } });
    const identity = await call("getIdentity", {
      bearer: await signToken({ user: "ada", name: "Ada", rooms: ["a", "*"], sessionId: "s" }),
    });
    expect(identity.body).toMatchObject({ id: "ada", name: "Ada", rooms: ["a", "*"], sessionId: "s" });
    await call("getHealth", { bearer: "" });
    await call("headHealth", { bearer: "" });
    await call("getReady", { bearer: "" });
    await call("headReady", { bearer: "" });
    const metrics = String((await call("getMetrics")).body);
    for (const line of metrics.trim().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/);
  });

  test("disconnecting and erasing answer as described, whatever the id looks like", async () => {
    const id = "what/ever? é%";
    const guest = await TestClient.join(server.url, room, { user: id });
    const path = { id: encodeURIComponent(id) };
    expect((await call("getUser", { path })).body.user.id).toBe(id);
    expect((await call("disconnectUser", { path })).body.closed).toBe(1);
    await guest.closed;
    expect((await call("eraseUser", { path })).body.erased).toBe(id);
    const doomed = newRoom();
    await TestClient.join(server.url, doomed, { user: "ada" });
    expect((await call("deleteRoom", { path: { room: doomed } })).body).toMatchObject({
      deleted: doomed,
      closed: 1,
    });
    expect((await call("getUser", { path })).status).toBe(404);
  });

  test("webhooks are what the description says", async () => {
    await expect.poll(() => hooks.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const { headers, body } = hooks[0]!;
    expectValid("#/components/schemas/StatusChanged", JSON.parse(body), "webhook");
    for (const { name, schema } of DESCRIPTION.webhooks.statusChanged.post.parameters)
      expect(headers[name]).toMatch(new RegExp(schema.pattern ?? "."));
  });
});

describe("bad requests", () => {
  test.each(BAD_REQUESTS)(
    "[SE3] %s with %s gets an error that names the problem",
    async (operationId, _, bad, field) => {
      const { status, body } = await call(operationId, bad);
      expect({ status, field: body.field }).toEqual({ status: 400, field });
    },
  );

  const guarded = OPERATIONS.filter(({ open }) => !open);
  test.each(guarded)("[SE5] $operationId refuses requests without a key", async ({ operationId }) => {
    const expired = await signToken({ user: "eve", issuedIn: -120, expiresIn: -60 });
    for (const bearer of ["", "wrong", "a.b.c", expired])
      expect((await call(operationId, { bearer, ...bodyOf(operationId) })).status).toBe(401);
  });

  // Whom a token names is no room's affair.
  const inRooms = guarded.filter(({ operationId }) => operationId !== "getIdentity");
  test.each(inRooms)("[SE5] $operationId refuses a token of another room", async ({ operationId }) => {
    const bearer = await signToken({ user: "eve", role: "admin", rooms: ["elsewhere"] });
    expect((await call(operationId, { bearer, ...bodyOf(operationId) })).status).toBe(403);
  });

  test.each([
    "deleteRoom",
    "eraseUser",
    "disconnectUser",
    "getUserHistory",
    "getRoomHistory",
    "getStats",
    "listRooms",
    "getMetrics",
  ])("[PR1] [SE5] %s answers no member", async (operationId) => {
    expect((await call(operationId, { bearer: await signToken({ user: "ada" }) })).status).toBe(403);
  });

  test.each(OPERATIONS.filter(({ path }) => path.includes("{room}")))(
    "$operationId knows what can be no room",
    async ({ operationId }) => {
      for (const name of ["_", "*", "a%20b", "x".repeat(65)])
        expect((await call(operationId, { path: { room: name }, ...bodyOf(operationId) })).status).toBe(404);
    },
  );

  test.each(["getUser", "eraseUser", "disconnectUser", "getUserHistory"])(
    "%s knows nobody of an unknown id",
    async (operationId) => {
      for (const id of ["nobody", "__proto__", "%00", "x".repeat(5_000)])
        expect((await call(operationId, { path: { id } })).status).toBe(404);
    },
  );

  test("every other method is a problem that names the right ones", async () => {
    for (const path of Object.keys(DESCRIPTION.paths)) {
      const described = OPERATIONS.filter((each) => each.path === path).map(({ method }) => method);
      // «query» may also be somebody's id.
      const allowed = path.endsWith("/query") ? ["GET", "POST", "DELETE"] : described;
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        if (allowed.includes(method)) continue;
        const address = path.replace("{room}", room).replace("{id}", "ada");
        const response = await fetch(`${server.url}${address}`, {
          method,
          headers: { authorization: `Bearer ${KEY}` },
        });
        expect(response.status, `${method} ${path}`).toBe(405);
        expect(response.headers.get("content-type")).toBe("application/problem+json");
        expectValid("#/components/schemas/Problem", await response.json(), `${method} ${path}`);
        if (allowed === described) expect(response.headers.get("allow")?.split(", ")).toEqual(described);
      }
    }
  });
});

/**
 * What nobody foresees; 503, for which see storage.itest.ts, and identity.itest.ts for a provider's keys; and 413, for
 * which see floods.itest.ts: `fetch` reports a reset, since the server closes the connection before it has read the
 * body.
 */
const UNSEEN = ["413", "500", "503"];

test("each described status was seen, except unexpected errors", () => {
  const described = OPERATIONS.flatMap(({ operationId, statuses }) =>
    statuses.filter((status) => !UNSEEN.includes(status)).map((status) => `${operationId} ${status}`),
  );
  expect([...seen].toSorted()).toEqual(described.toSorted());
});
