import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { CLOSE } from "../../core/shared/close-codes";
import { IS_BEHIND_WRANGLER, serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, newRoom, signToken, TEST_SECRETS, TestClient } from "../testing/test-client";

let server: ServerFixture;

beforeAll(async () => {
  server = await serverFixture();
});

afterAll(() => server.dispose());

/** All bytes of all files in a directory, as text. */
async function everythingIn(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map((file) => readFile(path.join(file.parentPath, file.name), "latin1")),
  );
  return contents.join("\n");
}

/** A token that signs nothing: `alg: none`, or any other header that a forger would try. */
function forge(header: object, claims: object, secret = ""): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const body = `${encode(header)}.${encode(claims)}`;
  return `${body}.${secret && createHmac("sha256", secret).update(body).digest("base64url")}`;
}

const now = Math.floor(Date.now() / 1_000);
const claims = {
  sub: "ada",
  name: "Ada",
  rooms: ["*"],
  role: "admin",
  aud: "rollcall",
  iat: now,
  exp: now + 600,
};

describe("tokens", () => {
  const refused: readonly [what: string, token: () => Promise<string> | string, code: number][] = [
    ["no token", () => "", CLOSE.tokenRefused],
    ["nonsense", () => "not-a-token", CLOSE.tokenRefused],
    [
      "an expired token",
      () => signToken({ user: "ada", issuedIn: -120, expiresIn: -60 }),
      CLOSE.tokenExpired,
    ],
    [
      "a token of another secret",
      () => signToken({ user: "ada", secret: "x".repeat(40) }),
      CLOSE.tokenRefused,
    ],
    [
      "a token for another audience",
      () => signToken({ user: "ada", audience: "elsewhere" }),
      CLOSE.tokenRefused,
    ],
    ["a token for another room", () => signToken({ user: "ada", rooms: ["elsewhere"] }), CLOSE.roomRefused],
    ["a token that lives too long", () => signToken({ user: "ada", expiresIn: 86_400 }), CLOSE.tokenRefused],
    [
      "a token that is good only in an hour",
      () => signToken({ user: "ada", notBeforeIn: 3_600 }),
      CLOSE.tokenRefused,
    ],
    [
      "a token from the future",
      () => signToken({ user: "ada", issuedIn: 600, expiresIn: 700 }),
      CLOSE.tokenRefused,
    ],
    [
      "a token whose lifetime began long before it was made",
      () => signToken({ user: "ada", issuedIn: 3_600, expiresIn: 60 }),
      CLOSE.tokenRefused,
    ],
    [
      "a token that names a room by a pattern",
      () => signToken({ user: "ada", rooms: ["room-*"] }),
      CLOSE.tokenRefused,
    ],
    [
      "a token signed with the API's key",
      () => signToken({ user: "ada", secret: TEST_SECRETS.ROLLCALL_API_KEY }),
      CLOSE.tokenRefused,
    ],
    [
      "an RS256 header over the secret's HMAC",
      () => forge({ alg: "RS256" }, claims, TEST_SECRETS.ROLLCALL_TOKEN_SECRET),
      CLOSE.tokenRefused,
    ],
    [
      "a header that brings its own key",
      () => forge({ alg: "HS256", jwk: { kty: "oct", k: "eHh4" }, kid: "../../dev/null" }, claims, "xxx"),
      CLOSE.tokenRefused,
    ],
    [
      "a critical header that nobody knows",
      () => forge({ alg: "HS256", crit: ["x"], x: 1 }, claims, TEST_SECRETS.ROLLCALL_TOKEN_SECRET),
      CLOSE.tokenRefused,
    ],
    [
      "claims changed after signing",
      async () => {
        const [header, , signature] = (await signToken({ user: "ada" })).split(".");
        return `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
      },
      CLOSE.tokenRefused,
    ],
    [
      "an expiry in words",
      () => forge({ alg: "HS256" }, { ...claims, exp: "never" }, TEST_SECRETS.ROLLCALL_TOKEN_SECRET),
      CLOSE.tokenRefused,
    ],
    [
      "no expiry",
      () => forge({ alg: "HS256" }, { ...claims, exp: undefined }, TEST_SECRETS.ROLLCALL_TOKEN_SECRET),
      CLOSE.tokenRefused,
    ],
    [
      "a role that nobody has",
      () => forge({ alg: "HS256" }, { ...claims, role: "root" }, TEST_SECRETS.ROLLCALL_TOKEN_SECRET),
      CLOSE.tokenRefused,
    ],
    ["alg none", () => forge({ alg: "none" }, claims), CLOSE.tokenRefused],
    [
      "another algorithm",
      () => forge({ alg: "HS512" }, claims, TEST_SECRETS.ROLLCALL_TOKEN_SECRET),
      CLOSE.tokenRefused,
    ],
    [
      "a name that is too long",
      () => signToken({ user: "ada", name: "x".repeat(500) }),
      CLOSE.profileTooLong,
    ],
  ];
  test("[SE1] a token whose issuer's clock is some seconds ahead, or that has just expired, is accepted", async () => {
    for (const times of [
      { issuedIn: 7 },
      { issuedIn: 25, expiresIn: 60 },
      { notBeforeIn: 20 },
      { issuedIn: -60, expiresIn: -1 },
    ]) {
      const token = await signToken({ user: "ada", ...times });
      const ada = await TestClient.join(server.url, newRoom(), { user: "ada", token });
      await ada.leave();
      const answer = await fetch(`${server.url}/identity`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(200);
    }
  });

  const misdated: readonly [what: string, times: object, code: number, detail: RegExp][] = [
    [
      "issued a minute ahead",
      { issuedIn: 60, expiresIn: 180 },
      CLOSE.tokenExpired,
      /issued \(iat\) (59|60) s in/,
    ],
    [
      "issued minutes ahead",
      { issuedIn: 290, expiresIn: 400 },
      CLOSE.tokenExpired,
      /issued \(iat\) (289|290) s in/,
    ],
    ["good in a minute", { notBeforeIn: 60 }, CLOSE.tokenExpired, /\(nbf\) (59|60) s in/],
    [
      "expired a minute ago",
      { issuedIn: -120, expiresIn: -60 },
      CLOSE.tokenExpired,
      /expired (60|61|62) s ago/,
    ],
    [
      "issued ten minutes ahead",
      { issuedIn: 600, expiresIn: 700 },
      CLOSE.tokenRefused,
      /issued \(iat\) (599|600) s in/,
    ],
    ["good in an hour", { notBeforeIn: 3_600 }, CLOSE.tokenRefused, /\(nbf\) \d+ s in/],
  ];
  test.each(misdated)(
    "[SE1] for one %s the error mentions the clocks, by socket and by HTTP",
    async (_, times, code, detail) => {
      const room = newRoom();
      const token = await signToken({ user: "ada", ...times });
      const client = await TestClient.open(server.url, room, { user: "ada", token });
      const closed = await client.closed;
      expect(closed.code).toBe(code);
      expect(closed.reason).toMatch(detail);
      expect(closed.reason).toContain("the clocks");
      for (const path of [`/identity`, `/parties/main/${room}/summary`]) {
        const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
        expect(answer.status).toBe(401);
        expect((await answer.json()).detail).toMatch(
          /the clocks of its issuer and of the room server differ/,
        );
      }
    },
  );

  test.each(refused)(
    "[SE1] %s is refused everywhere, with its own code and without waking the room",
    async (_, token, code) => {
      const room = newRoom();
      const client = await TestClient.open(server.url, room, { user: "ada", token: await token() });
      expect((await client.closed).code).toBe(code);
      expect(client.roster.epoch).toBeNull();
      const summary = await (await ask(server.url, room, "/summary")).json();
      expect(summary).toMatchObject({ users: 0, connections: 0 });
    },
  );

  test("[SE2] identity and role come from the token, whatever headers and parameters say", async () => {
    const room = newRoom();
    const token = await signToken({ user: "ada" });
    const admission = JSON.stringify({ profile: { id: "eve", name: "Eve" }, role: "admin" });
    const url = `${server.url.replace("http", "ws")}/parties/main/${room}?token=${token}&v=3&client=c&role=admin&sub=eve&_pk=chosen`;
    const socket = new WebSocket(url, { headers: { "x-rollcall-admission": admission } });
    const sync = await new Promise<string>((resolve) =>
      socket.once("message", (data) => resolve(String(data))),
    );
    expect(JSON.parse(sync)).toMatchObject({ type: "sync", self: "ada" });
    expect(sync).not.toContain("connections");
    const { user } = await (await ask(server.url, room, "/users/ada")).json();
    expect(user.connections[0].id).not.toBe("chosen");
    socket.terminate();
  });

  test("[SE2] no header of the client makes an HTTP request an admin's or bypasses the edge", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    const forged = {
      "x-rollcall-audience": "admin",
      "x-rollcall-admission": JSON.stringify({ role: "admin" }),
    };
    const authorization = `Bearer ${await signToken({ user: "eve" })}`;
    const url = `${server.url}/parties/main/${room}`;
    expect((await fetch(`${url}/users/ada`, { headers: forged })).status).toBe(401);
    const seen = await fetch(`${url}/users/ada?role=admin&audience=admin`, {
      headers: { ...forged, authorization },
    });
    expect((await seen.json()).user).not.toHaveProperty("connections");
    const erased = await fetch(`${url}/users/ada`, {
      method: "DELETE",
      headers: { ...forged, authorization },
    });
    expect(erased.status).toBe(403);
    const rooms = `${server.url}/parties/directory/main/rooms`;
    expect((await fetch(rooms, { headers: forged })).status).toBe(401);
    expect((await fetch(rooms, { headers: { ...forged, authorization } })).status).toBe(403);
    const registered = await fetch(`${rooms}/made-up`, {
      method: "PUT",
      headers: { ...forged, authorization },
    });
    expect(registered.status).toBe(404);
    await ada.leave();
  });

  test("[SE2] two sockets that choose the same connection id are two connections", async () => {
    const room = newRoom();
    const socketUrl = async (user: string, client: string): Promise<string> =>
      `${server.url.replace("http", "ws")}/parties/main/${room}?token=${await signToken({ user })}&v=3&client=${client}&_pk=same`;
    const sockets = await Promise.all(
      [await socketUrl("ada", "one"), await socketUrl("ada", "two"), await socketUrl("eve", "one")].map(
        (url) =>
          new Promise<WebSocket>((resolve) => {
            const socket = new WebSocket(url);
            socket.once("message", () => resolve(socket));
          }),
      ),
    );
    const { user } = await (await ask(server.url, room, "/users/ada")).json();
    const ids = user.connections.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain("same");
    for (const socket of sockets) socket.terminate();
  });

  test("[SE2] another user's client id does not replace their connection, and signing out does not end it", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada", clientId: "page", sessionId: "s" });
    const eve = await TestClient.join(server.url, room, { user: "eve", clientId: "page", sessionId: "s" });
    await ada.untilStatus("eve", "online");
    for (const more of [
      { sub: "ada" },
      { userId: "ada" },
      { id: "ada" },
      { connectionId: "ada", sid: "s" },
    ]) {
      eve.socket.send(
        JSON.stringify({ type: "activity", idleMs: 9e9, hiddenMs: 9e9, role: "admin", ...more }),
      );
    }
    await ada.untilStatus("eve", "away");
    eve.socket.send(JSON.stringify({ type: "signOut", sub: "ada", userId: "ada", sid: "s" }));
    expect((await eve.closed).code).toBe(CLOSE.signedOut);
    await ada.untilStatus("eve", "offline");
    expect(ada.statusesOf("ada")).toEqual(["online"]);
    expect(ada.socket.readyState).toBe(WebSocket.OPEN);
    await ada.leave();
  });

  test("[SE1] no token is in the server's output, in its storage, or in frames to others", async () => {
    const own = await serverFixture();
    try {
      const room = newRoom();
      const watcher = await TestClient.join(own.url, room, { user: "watcher", role: "admin" });
      const good = await signToken({ user: "ada", sessionId: "s" });
      const refused = await signToken({ user: "ada", rooms: ["elsewhere"] });
      const ada = await TestClient.join(own.url, room, { user: "ada", token: good });
      const late = await TestClient.open(own.url, room, { user: "ada", token: refused });
      const nowhere = await TestClient.open(own.url, "not%20a%20room", { user: "ada", token: good });
      await Promise.all([late.closed, nowhere.closed]);
      await ask(own.url, room, "/summary", { headers: { authorization: `Bearer ${refused}` } });
      await ask(own.url, room, `/summary?token=${good}`);
      ada.socket.send(good);
      ada.socket.send(JSON.stringify({ type: good }));
      await ada.until(() => ada.messages.filter(({ type }) => type === "error").length === 2, "the errors");
      // A heartbeat has written the socket's attachment; a drop has written the user.
      await ada.until(() => ada.messages.some(({ type }) => type === "ping"), "a heartbeat");
      ada.socket.terminate();
      await watcher.untilStatus("ada", "offline");
      const told = [...watcher.frames, ...late.frames, ...nowhere.frames].join("\n");
      await own.kill();
      const kept = await everythingIn(own.stateDir);
      expect(kept).toContain("ada");
      for (const token of [good, refused]) {
        // The signature, which is the secret of it: it stays whole whatever encoding surrounds it.
        const signature = token.split(".")[2] ?? "";
        expect(signature.length).toBeGreaterThan(40);
        const found = { inOutput: own.output.join("\n"), inStorage: kept, toldToOthers: told };
        for (const [where, text] of Object.entries(found))
          expect([where, text.includes(signature)]).toEqual([where, false]);
      }
      await own.restart();
    } finally {
      await own.dispose();
    }
  });

  test("[SE1] a client of another version is closed with a code that says so", async () => {
    const token = await signToken({ user: "ada" });
    const socket = new WebSocket(
      `${server.url.replace("http", "ws")}/parties/main/${newRoom()}?token=${token}&v=99&client=c`,
    );
    const frame = await new Promise<string>((resolve) =>
      socket.once("message", (data) => resolve(String(data))),
    );
    expect(JSON.parse(frame)).toMatchObject({ type: "closing", code: CLOSE.versionRefused });
    socket.terminate();
  });
});

describe("messages", () => {
  test("[SE3] an invalid message gets an error and keeps the connection, and too many close it for good", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    const ben = await TestClient.join(server.url, room, { user: "ben" });
    const nonsense = [
      "{",
      '{"type":"nope"}',
      '{"type":"pong","at":1,"idleMs":-1,"hiddenMs":null}',
      '{"__proto__":{"type":"pong"}}',
    ];
    for (const text of nonsense) ada.socket.send(text);
    const errors = (): unknown[] => ada.messages.filter(({ type }) => type === "error");
    await ada.until(() => errors().length === nonsense.length, "an error for each");
    expect(errors()).toContainEqual(
      expect.objectContaining({ code: "malformed", detail: expect.stringContaining("idleMs") }),
    );
    ada.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    expect((await ada.closed).code).toBe(CLOSE.badMessages);
    // The other one saw none of it and is served on.
    await ben.untilEcho();
    expect(ben.frames.join()).not.toContain("error");
    await ben.leave();
  });

  test("[SE4] a message that is too large has its own error and close code", async () => {
    const ada = await TestClient.join(server.url, newRoom(), { user: "ada" });
    const large = JSON.stringify({
      type: "activity",
      idleMs: 0,
      hiddenMs: null,
      padding: "x".repeat(70_000),
    });
    ada.socket.send(large);
    await ada.until(
      () => ada.messages.some((message) => message.type === "error" && message.code === "tooLarge"),
      "the error",
    );
    for (let i = 0; i < 4; i += 1) ada.socket.send(large);
    expect((await ada.closed).code).toBe(CLOSE.tooLarge);
  });

  test("[SE4] a flood has its own error and close code", async () => {
    const ada = await TestClient.join(server.url, newRoom(), { user: "ada" });
    for (let i = 0; i < 100; i += 1) ada.send({ type: "activity", idleMs: 0, hiddenMs: null });
    expect((await ada.closed).code).toBe(CLOSE.tooFast);
    expect(ada.messages).toContainEqual(expect.objectContaining({ type: "error", code: "tooFast" }));
  });

  test("[SE4] connections per user are limited, with a code of its own", async () => {
    const room = newRoom();
    const tabs = await Promise.all(
      Array.from({ length: 50 }, () => TestClient.join(server.url, room, { user: "ada" })),
    );
    const oneMore = await TestClient.open(server.url, room, { user: "ada" });
    expect((await oneMore.closed).code).toBe(CLOSE.tooManyOfUser);
    for (const tab of tabs) tab.socket.terminate();
  });
});

describe("HTTP", () => {
  test("[SE5] the API answers only authorised requests", async () => {
    const room = newRoom();
    const ada = await TestClient.join(server.url, room, { user: "ada" });
    const asked = async (authorization: string): Promise<Response> =>
      ask(server.url, room, "/users/ada", { headers: { authorization } });
    expect((await asked("Bearer wrong")).status).toBe(401);
    expect((await asked("Basic abc")).status).toBe(401);
    expect((await asked(`Bearer ${await signToken({ user: "ada", rooms: ["elsewhere"] })}`)).status).toBe(
      403,
    );
    const asMember = await (await asked(`Bearer ${await signToken({ user: "ben" })}`)).json();
    expect(asMember.user).not.toHaveProperty("connections");
    const asAdmin = await (await asked(`Bearer ${await signToken({ user: "root", role: "admin" })}`)).json();
    expect(asAdmin.user.connections).toHaveLength(1);
    const refused = await asked("Bearer wrong");
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(await refused.json()).toMatchObject({ status: 401, title: "Unauthorized" });
    await ada.leave();
  });

  test("[GR2] [SE5] a token of an ended sign-in no longer opens the API, and the user's other tokens do", async () => {
    const room = newRoom();
    const token = await signToken({ user: "ada", sessionId: "session-1" });
    const status = async (bearer: string): Promise<number> =>
      (await ask(server.url, room, "/summary", { headers: { authorization: `Bearer ${bearer}` } })).status;
    const ada = await TestClient.join(server.url, room, { user: "ada", token });
    expect(await status(token)).toBe(200);
    ada.send({ type: "signOut" });
    expect((await ada.closed).code).toBe(CLOSE.signedOut);
    expect(await status(token)).toBe(401);
    expect(await status(await signToken({ user: "ada", sessionId: "session-2" }))).toBe(200);
    expect(await status(await signToken({ user: "ben", sessionId: "session-1" }))).toBe(200);
  });

  test("presence of one user, and of many by their ids, with the unknown named as unknown", async () => {
    const room = newRoom();
    const odd = "__proto__";
    const clients = await Promise.all(
      ["ada", "ben/1", odd].map((user) => TestClient.join(server.url, room, { user })),
    );
    const one = await (await ask(server.url, room, `/users/${encodeURIComponent("ben/1")}`)).json();
    expect(one.user).toMatchObject({ id: "ben/1", status: "online", connections: [{ suspectAt: null }] });
    const many = await (await ask(server.url, room, `/users?ids=ada,nobody,${odd}`)).json();
    expect(many.users.map(({ id }: { id: string }) => id)).toEqual(["ada", odd]);
    expect(many.unknown).toEqual(["nobody"]);
    const posted = await ask(server.url, room, "/users/query", {
      method: "POST",
      body: JSON.stringify({ ids: ["ada", "constructor"] }),
    });
    expect(await posted.json()).toMatchObject({ users: [{ id: "ada" }], unknown: ["constructor"] });
    const summary = await (await ask(server.url, room, "/summary")).json();
    expect(summary).toMatchObject({ online: 3, away: 0, offline: 0, connections: 3 });
    expect((await ask(server.url, room, "/users/nobody")).status).toBe(404);
    for (const client of clients) await client.leave();
  });

  test("bad requests get a problem that names the field, never a 500", async () => {
    const room = newRoom();
    const status = async (path: string, init?: RequestInit): Promise<number> =>
      (await ask(server.url, room, path, init)).status;
    expect(await status("/nothing")).toBe(404);
    expect(await status("/users/%E0%A4%A")).toBe(400);
    expect(await status("/summary", { method: "POST" })).toBe(405);
    for (const body of ["", "{", "[]", '{"ids":"ada"}', '{"ids":[1]}']) {
      const answer = await ask(server.url, room, "/users/query", { method: "POST", body });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ field: "ids" });
    }
    const tooMany = `/users?ids=${Array.from({ length: 1_001 }, (_, i) => i).join(",")}`;
    expect(await status(tooMany)).toBe(400);
    expect((await fetch(`${server.url}/`)).status).toBe(404);
    const headers = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };
    for (const name of ["bad%20room", "*"]) {
      const answer = await fetch(`${server.url}/parties/main/${name}/summary`, { headers });
      expect(await answer.json()).toMatchObject({ status: 404, detail: "there is no room of this name" });
    }
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: "ok" });
  });

  test.skipIf(IS_BEHIND_WRANGLER)("[SE2] no header turns a request into another one", async () => {
    const elsewhere = "http://127.0.0.1/parties/main/x/summary";
    for (const [header, value] of [
      ["MF-Original-URL", elsewhere],
      ["MF-Op", "GET"],
      ["MF-Route-Override", "x"],
      ["MF-Proxy-Shared-Secret", "x"],
      ["MF-Custom-Service", "x"],
    ] as const) {
      const answer = await fetch(`${server.url}/health`, { headers: { [header]: value } });
      expect([header, answer.status, await answer.json()]).toEqual([header, 200, { status: "ok" }]);
    }
    expect((await fetch(`${server.url}/cdn-cgi/mf/scheduled`)).status).toBe(404);
  });

  test("[API] a response is compressed for clients that accept it, and not for others", async () => {
    const [gzip, plain] = await Promise.all(
      ["gzip", "identity"].map((accepted) =>
        ask(server.url, newRoom(), "/summary", { headers: { "accept-encoding": accepted } }),
      ),
    );
    expect(gzip?.headers.get("content-encoding")).toBe("gzip");
    expect(plain?.headers.get("content-encoding")).toBeNull();
    for (const answer of [gzip, plain]) expect(await answer?.json()).toMatchObject({ users: 0, online: 0 });
  });

  test.skipIf(IS_BEHIND_WRANGLER)("[SE4] a socket is not deflated, whatever its client offers", async () => {
    const token = await signToken({ user: "ada" });
    const params = new URLSearchParams({ v: "2", client: "page", idle: "0", token });
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/parties/main/${newRoom()}?${params}`, {
      perMessageDeflate: true,
    });
    await once(socket, "open");
    expect(socket.extensions).toBe("");
    socket.terminate();
  });
});
