import { afterAll, beforeAll, expect, test } from "vitest";
import { CLOSE, stopReason } from "../../core/shared/close-codes";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, newRoom, signToken, TestClient, type ClientOptions } from "../testing/test-client";

let server: ServerFixture;

/** Limits that are all other than the defaults, so that no test passes by a constant. */
beforeAll(async () => {
  server = await serverFixture({
    ROLLCALL_MAX_MESSAGE_LENGTH: "600",
    ROLLCALL_MAX_MESSAGES_PER_SECOND: "5",
    ROLLCALL_MAX_MESSAGE_BURST: "20",
    ROLLCALL_MAX_FAILURES: "2",
    ROLLCALL_MAX_CONNECTIONS_PER_USER: "2",
    ROLLCALL_MAX_CONNECTIONS_PER_ROOM: "3",
    ROLLCALL_MAX_WATCHED_IDS: "3",
    ROLLCALL_MAX_NAME_LENGTH: "16",
    ROLLCALL_MAX_PICTURE_LENGTH: "64",
  });
});

afterAll(() => server.dispose());

const join = (room: string, options: ClientOptions): Promise<TestClient> =>
  TestClient.join(server.url, room, options);

/** How the server ended a socket, and that no client comes back after it by itself. */
async function finalClose(client: TestClient): Promise<{ code: number; reason: string }> {
  const closed = await client.closed;
  expect(stopReason(closed.code)).not.toBeNull();
  return closed;
}

const refused = async (room: string, options: ClientOptions): Promise<{ code: number; reason: string }> =>
  finalClose(await TestClient.open(server.url, room, options));

test("[SE4] ROLLCALL_MAX_MESSAGE_LENGTH: a message that is too large gets an error, and too many end the connection", async () => {
  const ada = await join(newRoom(), { user: "ada" });
  const padded = (length: number): string => `{"type":"resync"}${" ".repeat(length - 17)}`;
  ada.socket.send(padded(600));
  ada.socket.send(padded(601));
  await ada.until(() => ada.messages.some(({ type }) => type === "error"), "the error");
  expect(ada.messages).toContainEqual(
    expect.objectContaining({ code: "tooLarge", detail: expect.stringContaining("600 characters") }),
  );
  ada.socket.send(padded(601));
  expect((await finalClose(ada)).code).toBe(CLOSE.tooLarge);
});

test("[SE4] ROLLCALL_MAX_MESSAGES_PER_SECOND and _BURST: a burst passes, and a flood gets an error and a close", async () => {
  const ada = await join(newRoom(), { user: "ada" });
  const errors = (): unknown[] => ada.messages.filter(({ type }) => type === "error");
  const echoes = (): unknown[] => ada.messages.filter(({ type }) => type === "echo");
  const probe = (): void => ada.send({ type: "probe", at: 1, idleMs: 0, hiddenMs: null });
  // Pongs count as well: a few are left to them.
  for (let i = 0; i < 12; i += 1) probe();
  await ada.until(() => echoes().length === 12, "an echo for each");
  expect(errors()).toEqual([]);
  for (let i = 0; i < 60; i += 1) probe();
  expect((await finalClose(ada)).code).toBe(CLOSE.tooFast);
  expect(errors()).toContainEqual(
    expect.objectContaining({ code: "tooFast", detail: "at most 5 messages a second" }),
  );
});

test("[SE4] ROLLCALL_MAX_CONNECTIONS_PER_USER: one tab too many is refused, and all other connections stay", async () => {
  const room = newRoom();
  const tabs = [await join(room, { user: "ada", clientId: "one" }), await join(room, { user: "ada" })];
  const { code, reason } = await refused(room, { user: "ada" });
  expect(code).toBe(CLOSE.tooManyOfUser);
  expect(reason).toContain("2 connections");
  const ben = await join(room, { user: "ben" });
  expect(ben.user("ada")?.status).toBe("online");
  // It is counted, so that the operator can see it.
  const { stats } = await (await ask(server.url, room, "/stats")).json();
  expect(stats.closes[CLOSE.tooManyOfUser]).toBe(1);
  for (const client of [...tabs, ben]) client.socket.terminate();
});

test("[SE4 CN2] ROLLCALL_MAX_CONNECTIONS_PER_ROOM: a full room refuses newcomers and admits clients that return", async () => {
  const room = newRoom();
  const users = ["ada", "ben", "cleo"];
  const clients = await Promise.all(users.map((user) => join(room, { user, clientId: `page-${user}` })));
  const { code, reason } = await refused(room, { user: "dora" });
  expect(code).toBe(CLOSE.roomFull);
  expect(reason).toContain("3 connections");
  // The server still believes the old one alive.
  const back = await join(room, { user: "ada", clientId: "page-ada" });
  expect((await clients[0]!.closed).code).toBe(CLOSE.replaced);
  expect(back.roster.users.size).toBe(3);
  for (const client of [...clients, back]) client.socket.terminate();
});

test("[SE4] ROLLCALL_MAX_CONNECTIONS_PER_USER holds for admins who observe", async () => {
  const room = newRoom();
  const admin = { user: "root", role: "admin", observe: true } as const;
  const observers = [await join(room, admin), await join(room, admin)];
  expect((await refused(room, admin)).code).toBe(CLOSE.tooManyOfUser);
  for (const each of observers) each.socket.terminate();
});

test("[SE4] ROLLCALL_MAX_WATCHED_IDS: at most this many ids in one request", async () => {
  const room = newRoom();
  const post = (ids: string[]): Promise<Response> =>
    ask(server.url, room, "/users/query", { method: "POST", body: JSON.stringify({ ids }) });
  expect((await post(["a", "b", "c"])).status).toBe(200);
  for (const answer of [
    await post(["a", "b", "c", "d"]),
    await ask(server.url, room, "/users?ids=a,b,c,d"),
  ]) {
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      field: "ids",
      detail: "at most 3 ids can be asked for at once",
    });
  }
});

test("[SE4] ROLLCALL_MAX_NAME_LENGTH: a longer name is refused with the setting's name, by socket and by API", async () => {
  const room = newRoom();
  const ada = await join(room, { user: "ada", name: "x".repeat(16) });
  const { code, reason } = await refused(room, { user: "ben", name: "x".repeat(17) });
  expect(code).toBe(CLOSE.profileTooLong);
  expect(reason).toContain("name");
  const token = await signToken({ user: "ben", name: "x".repeat(17) });
  const answer = await ask(server.url, room, "/summary", { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
  expect((await answer.json()).detail).toContain("may have 16 characters");
  await ada.leave();
});

test("[SE4] ROLLCALL_MAX_PICTURE_LENGTH: a longer address is refused with the setting's name", async () => {
  const room = newRoom();
  const picture = (length: number): string => `https://example.com/${"x".repeat(length - 20)}`;
  const ada = await join(room, { user: "ada", picture: picture(64) });
  const { code, reason } = await refused(room, { user: "ben", picture: picture(65) });
  expect(code).toBe(CLOSE.profileTooLong);
  expect(reason).toContain("picture");
  await ada.leave();
});

test("[SE4 HB8] an invalid limit stops the server's start, with the setting's name", async () => {
  const problem = await serverFixture({ ROLLCALL_MAX_FAILURES: "none" }).then(
    () => "it started",
    (error: Error) => error.message,
  );
  expect(problem).toContain(
    "ROLLCALL_MAX_FAILURES must be a whole number of messages from 1 to 1000, not NaN",
  );
});
