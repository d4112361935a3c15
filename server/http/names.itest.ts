import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLOSE } from "../../core/shared/close-codes";
import { ENGINE, IS_BEHIND_WRANGLER, serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, newRoom, TEST_SECRETS, TestClient } from "../testing/test-client";

let server: ServerFixture;

beforeAll(async () => {
  server = await serverFixture();
});

afterAll(() => server.dispose());

/** Sends a request whose path is written as it is: what makes URLs would change it first. */
async function askRaw(method: string, path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.setEncoding("utf8");
  socket.end(
    `${method} ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n` +
      `Authorization: Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}\r\n\r\n`,
  );
  let text = "";
  socket.on("data", (part) => (text += part));
  await once(socket, "close");
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  return { status: Number(head.split(" ", 2)[1]), body };
}

describe("names", () => {
  test.each<[string, string, string]>([
    ["one zero-width character", "\u200B", "eve"],
    ["fillers and blanks", "\u3164\u2800\u00AD", "eve"],
    ["a right-to-left override", "Eve \u202Enimda", "Eve nimda"],
    ["a line break", "Eve\nAdmin", "Eve Admin"],
    ["a flood of marks", `E${"\u0316\u0317\u0318\u0319\u031C".repeat(30)}ve`, "E\u0316\u0317\u0318\u0319ve"],
    ["half a character", "Eve\ud800", "Eve"],
    ["a family of emoji", "👩\u200D👩\u200D👧", "👩\u200D👩\u200D👧"],
    ["a non-joiner that Persian needs", "علی\u200Cرضا", "علی\u200Cرضا"],
  ])("[NM1] of a token whose name is %s others read what is clean", async (_, name, expected) => {
    const room = newRoom();
    const ben = await TestClient.join(server.url, room, { user: "ben" });
    const eve = await TestClient.join(server.url, room, { user: "eve", name });
    await ben.untilStatus("eve", "online");
    expect(ben.user("eve")?.name).toBe(expected);
    const { user } = await (await ask(server.url, room, "/users/eve")).json();
    expect(user.name).toBe(expected);
    await Promise.all([ben.leave(), eve.leave()]);
  });

  test("[NM1] a status message is one line, and nothing in it reorders the list", async () => {
    const room = newRoom();
    const [ben, eve] = await Promise.all(
      ["ben", "eve"].map((user) => TestClient.join(server.url, room, { user })),
    );
    if (!ben || !eve) throw new Error("nobody came");
    const message = { emoji: "🍕", text: "back\nat \u202E3\u200B", untilAt: null };
    eve.send({ type: "choose", request: 1, message });
    await ben.until(() => (ben.user("eve")?.message ?? null) !== null, "the message");
    expect(ben.user("eve")?.message).toMatchObject({ emoji: "🍕", text: "back at 3" });
    await Promise.all([ben.leave(), eve.leave()]);
  });
});

/** Ids that a URL can carry, of which many would break a server that takes them for something else. */
const IDS = [
  "...",
  ".a",
  "a/b?c#d",
  "../up",
  "..\\up",
  "a/..",
  "a b+c",
  " ",
  "%",
  "%2f",
  "%252e",
  "%00",
  "a;b=c",
  "a,b",
  "ünï",
  "u\u0308",
  "👩\u200D🚀",
  "\u202Eeve",
  "\u200B",
  "\u0000\r\n",
  "\uFEFF",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "connections",
  "history",
  "query",
  "users",
  "*",
  ":id",
  "[id]",
  "ada.rsc",
  "index",
  "x".repeat(128),
  "€".repeat(128),
];

describe("ids", () => {
  test("[NM2] every possible id is read, disconnected and erased, and no other user is", async () => {
    const room = newRoom();
    const people = new Map<string, TestClient>();
    for (const user of IDS) people.set(user, await TestClient.join(server.url, room, { user, name: "A" }));
    const left = async (): Promise<string[]> => {
      const { users } = await (await ask(server.url, room, "/users?limit=1000")).json();
      return users.map(({ id }: { id: string }) => id).sort();
    };
    expect(await left()).toEqual([...IDS].sort());
    for (const [id, client] of people) {
      const path = `/users/${encodeURIComponent(id)}`;
      expect(await (await ask(server.url, room, path)).json()).toMatchObject({ user: { id } });
      const history = await ask(server.url, room, `${path}/history`);
      expect([id, history.status]).toEqual([id, 200]);
      const posted = { method: "POST", body: JSON.stringify({ ids: [id] }) };
      expect(await (await ask(server.url, room, "/users/query", posted)).json()).toMatchObject({
        users: [{ id }],
        unknown: [],
      });
      const closed = await ask(server.url, room, `${path}/connections`, { method: "DELETE" });
      expect([id, await closed.json()]).toEqual([id, expect.objectContaining({ closed: 1 })]);
      expect((await client.closed).code).toBe(CLOSE.disconnected);
    }
    const remaining = [...IDS];
    while (remaining.length > 0) {
      const id = remaining.pop() as string;
      const erased = await ask(server.url, room, `/users/${encodeURIComponent(id)}`, { method: "DELETE" });
      expect(await erased.json()).toMatchObject({ erased: id });
      expect(await left()).toEqual([...remaining].sort());
    }
  });

  test.each([".", "..", "%2e", "%2E%2e", ".%2e", ""])(
    "[NM2] the id %j is refused at connect with an explanation",
    async (user) => {
      const client = await TestClient.open(server.url, newRoom(), { user, name: "Eve" });
      const { code, reason } = await client.closed;
      expect(code).toBe(CLOSE.tokenRefused);
      expect(reason).toMatch(/the token's sub is not valid/);
    },
  );

  test.skipIf(IS_BEHIND_WRANGLER).each([
    "users/%2e/connections",
    "users/%2E/connections",
    "users/x/%2e%2e/connections",
    "users/x/.%2E/connections",
    "users/x\\..\\connections",
    "users/\\connections",
    "users//connections",
    "users/connections/",
    "users/connections/%2e",
    "users/ada/connections/%2e%2e",
    "%2e/users/ada",
    "x/%2e./users/ada",
    "users%2Fada",
    "users/ada%00",
    "users/ada%20",
    // workerd removes a fragment, as clients do before they send an address.
    ...(ENGINE !== "partykit" ? [] : ["users/ada#x"]),
  ])("[NM2] DELETE %s, sent as it is, acts on nobody", async (path) => {
    const room = newRoom();
    const people = await Promise.all(
      ["ada", "connections", "x"].map((user) => TestClient.join(server.url, room, { user })),
    );
    const { status } = await askRaw("DELETE", `/parties/main/${room}/${path}`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await (await ask(server.url, room, "/summary")).json()).toMatchObject({
      online: 3,
      connections: 3,
    });
    for (const client of people) await client.leave();
  });

  test("[NM2] a request for an id that no URL can contain reaches no user and not the room", async () => {
    const room = newRoom();
    const people = await Promise.all(
      ["ada", "users", room].map((user) => TestClient.join(server.url, room, { user })),
    );
    for (const id of [".", "..", "%2e", "%2E%2E", ""])
      for (const part of ["", "/history"])
        for (const method of ["GET", "DELETE"]) {
          const answer = await ask(server.url, room, `/users/${id}${part}`, { method });
          if (method === "GET" && answer.ok) expect(await answer.json()).not.toHaveProperty("user");
          else expect(answer.status).toBeGreaterThanOrEqual(400);
        }
    expect(await (await ask(server.url, room, "/summary")).json()).toMatchObject({
      online: 3,
      connections: 3,
    });
    for (const client of people) await client.leave();
  });

  test.skipIf(IS_BEHIND_WRANGLER)("[NM2] a path that leaves its room acts in no other", async () => {
    const [room, other] = [newRoom(), newRoom()];
    const ada = await TestClient.join(server.url, other, { user: "ada" });
    for (const up of ["%2e%2e", ".%2e", "%2E."]) {
      const { status } = await askRaw("DELETE", `/parties/main/${room}/${up}/${other}/users/ada`);
      expect([up, status]).toEqual([up, expect.toSatisfy((code: number) => code >= 400 && code < 500)]);
    }
    expect(await (await ask(server.url, other, "/users/ada")).json()).toMatchObject({
      user: { status: "online" },
    });
    await ada.leave();
  });
});
