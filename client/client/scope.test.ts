import { beforeEach, expect, test } from "vitest";
import { FIRST_PAGE } from "../../core/shared/page-query";
import type { Scope } from "../../core/shared/scope";
import { createPresenceClient, type PresenceClient } from "./presence-client";
import { FakeEnvironment, fakeUser, FAKE_TIMINGS } from "../testing/fake-environment";

let env: FakeEnvironment;
let client: PresenceClient;

const ann = fakeUser("ann");
const ben = fakeUser("ben", { status: "away" });
const cleo = fakeUser("cleo");
const BEN_ALONE: Scope = { kind: "users", ids: ["ben"], counts: false };

function makeClient(scope?: Scope): void {
  env = new FakeEnvironment();
  const getToken = async () => "token";
  client = createPresenceClient({
    host: "h",
    room: "lobby",
    environment: env,
    getToken,
    ...(scope && { scope }),
  });
}

/** Starts the client, or lets it reconnect, until its socket is open. */
async function accepted(): Promise<void> {
  client.start();
  await env.advance(2_000);
  env.socket.accept();
}

const sentScopes = () => env.socket.sent.filter(({ type }) => type === "scope");
const ids = () =>
  client
    .getSnapshot()
    .users.map(({ id }) => id)
    .toSorted();

beforeEach(() => makeClient());

test("[SY4] a client that returns sends its resume point, and applies only the missed changes", async () => {
  await accepted();
  expect(env.socket.target.params).not.toHaveProperty("epoch");
  env.socket.sync([ann, ben], 4);
  env.socket.diff({ seq: 5, changed: [{ id: "ben", status: "online" }] });
  const before = client.getUser("ann");
  env.socket.end();
  await accepted();
  expect(env.socket.target.params).toMatchObject({ epoch: "e1", seq: "5" });
  expect(client.getStatus()).toMatchObject({ stale: true });
  env.socket.resumed({ from: 5, seq: 9, users: [cleo, ann], removed: ["ben"] });
  expect(client.getStatus()).toMatchObject({ stale: false, connection: { status: "live" } });
  expect(ids()).toEqual(["ann", "cleo"]);
  // An unchanged user is the same object, and renders nothing again.
  expect(client.getUser("ann")).toBe(before);
  env.socket.diff({ seq: 10, removed: ["cleo"] });
  expect(ids()).toEqual(["ann"]);
});

test("[SY4] changes since another resume point are not applied: the client requests a sync", async () => {
  await accepted();
  env.socket.sync([ann], 4);
  env.socket.end();
  await accepted();
  env.socket.resumed({ from: 3, seq: 9, users: [cleo] });
  expect(env.socket.sent.map(({ type }) => type)).toContain("resync");
  expect(ids()).toEqual(["ann"]);
});

test("[VW1] the scope changes without reconnecting, and the roster stays until the answer", async () => {
  await accepted();
  env.socket.sync([ann, ben, cleo]);
  client.setScope(BEN_ALONE);
  client.setScope({ ...BEN_ALONE });
  expect(sentScopes()).toEqual([{ type: "scope", scope: "users", ids: ["ben"], counts: false }]);
  expect(ids()).toEqual(["ann", "ben", "cleo"]);
  env.socket.sync([ann, ben], 0, FAKE_TIMINGS, "users");
  expect(client.getSnapshot()).toMatchObject({ mode: "users", self: { id: "ann" } });
  // Diffs about other users are not sent, so their numbers are skipped.
  env.socket.diff({ seq: 17, changed: [{ id: "ben", status: "offline" }] });
  expect(client.getUser("ben")?.status).toBe("offline");
  expect(env.sockets).toHaveLength(1);
});

test("[VW1] a scope that is set without a connection applies to the next one", async () => {
  await accepted();
  env.socket.sync([ann, ben]);
  env.socket.end();
  client.setScope({ kind: "summary" });
  await accepted();
  expect(env.socket.target.params).toMatchObject({ scope: "summary" });
  expect(env.socket.target.params).not.toHaveProperty("seq");
  env.socket.sync([ann], 7, FAKE_TIMINGS, "summary", { online: 40, away: 2, offline: 8 });
  expect(sentScopes()).toEqual([]);
  expect(client.getSnapshot()).toMatchObject({
    mode: "summary",
    counts: { online: 40, away: 2, offline: 8 },
  });
});

test("[VW1] a scope that is set while the connection opens is sent when it is open", async () => {
  await accepted();
  client.setScope(BEN_ALONE);
  env.socket.sync([ann, ben]);
  expect(sentScopes()).toHaveLength(1);
});

test("[VW1] a client sends its watched ids when the room asks: at the start, and after the room has hibernated", async () => {
  makeClient(BEN_ALONE);
  await accepted();
  expect(env.socket.target.params).toMatchObject({ scope: "users" });
  env.socket.say({ type: "rescope" });
  expect(sentScopes()).toHaveLength(1);
  env.socket.sync([ann, ben], 0, FAKE_TIMINGS, "users");
  env.socket.say({ type: "rescope" });
  expect(sentScopes()).toHaveLength(2);
});

test("[VW2] in a room that is sent whole, a page comes from the known roster", async () => {
  await accepted();
  env.socket.sync([ann, ben, cleo]);
  const page = await client.readPage({ ...FIRST_PAGE, sort: "name", offset: 1, limit: 1 });
  expect(page).toEqual({ total: 3, users: [ben] });
  expect(env.socket.sent.map(({ type }) => type)).not.toContain("page");
});

test("[VW2] in a large room a page comes from the server, and the client receives its users from then on", async () => {
  await accepted();
  env.socket.sync([ann, ben], 0, FAKE_TIMINGS, "pages", { online: 9_000, away: 1, offline: 0 });
  expect(client.getSnapshot().mode).toBe("pages");
  const asked = client.readPage({ ...FIRST_PAGE, offset: 500 });
  env.socket.page([cleo], 9_001, 3);
  expect(await asked).toEqual({ total: 9_001, users: [cleo] });
  // And always the own user.
  expect(ids()).toEqual(["ann", "cleo"]);
  env.socket.diff({ seq: 4, changed: [{ id: "cleo", status: "away" }] });
  expect(client.getUser("cleo")?.status).toBe("away");
});

test("[VW2] a page that was requested while the room became small enough is answered from the roster", async () => {
  await accepted();
  env.socket.sync([ann], 0, FAKE_TIMINGS, "pages", { online: 9_000, away: 1, offline: 0 });
  const asked = client.readPage({ ...FIRST_PAGE, sort: "name", offset: 1 });
  env.socket.sync([ann, ben, cleo], 4);
  expect(await asked).toEqual({ total: 3, users: [ben, cleo] });
});

test("[VW2] a new request replaces an unanswered one, and a lost connection's request is repeated", async () => {
  await accepted();
  env.socket.sync([ann], 0, FAKE_TIMINGS, "pages", { online: 9_000, away: 1, offline: 0 });
  const first = client.readPage({ ...FIRST_PAGE, offset: 100 });
  const second = client.readPage({ ...FIRST_PAGE, offset: 200 });
  await expect(first).rejects.toThrow("another page");
  env.socket.end();
  await accepted();
  env.socket.sync([ann], 0, FAKE_TIMINGS, "pages", { online: 9_000, away: 1, offline: 0 });
  env.socket.page([ben], 9_001);
  expect((await second).users).toEqual([ben]);
  const last = client.readPage(FIRST_PAGE);
  client.stop();
  await expect(last).rejects.toThrow("ended");
});
