import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { serverFixture, type ServerFixture } from "./testing/server-fixture";
import { ask, newRoom, TEST_SECRETS, TestClient } from "./testing/test-client";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

interface Got {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly changes: readonly { userId: string; was: string; status: string }[];
}

/** Answers one delivery with a status, and headers if there are any. */
type Answer = (got: Got) => number | readonly [status: number, headers: Record<string, string>];

/** A receiver that answers as it is told, and hands out what it got. */
async function receiver(answer: Answer = () => 204) {
  const got: Got[] = [];
  const waiting: (() => void)[] = [];
  const state = { answer };
  const http: Server = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const { changes } = JSON.parse(body).data;
      const delivery: Got = { headers: request.headers as Record<string, string>, body, changes };
      const answered = state.answer(delivery);
      const [status, headers] = typeof answered === "number" ? [answered, {}] : answered;
      response.writeHead(status, headers).end();
      got.push(delivery);
      for (const resolve of waiting.splice(0)) resolve();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  return { got, state, until, url, close: () => http.close() };
}

type Receiver = Awaited<ReturnType<typeof receiver>>;

/** Runs a test with a receiver and a server that pushes to it. */
async function withReceiver(
  answer: Answer,
  run: (server: ServerFixture, hook: Receiver) => Promise<void>,
): Promise<void> {
  const hook = await receiver(answer);
  const server = await serverFixture({ ROLLCALL_WEBHOOK_URL: hook.url, ROLLCALL_WEBHOOK_SECRET: secret });
  try {
    await run(server, hook);
  } finally {
    hook.close();
    await server.dispose();
  }
}

/** Which users' changes were delivered, in order. */
function usersOf(got: readonly Got[]): string[] {
  return got.flatMap(({ changes }) => changes.map(({ userId }) => userId));
}

/** The webhook figures of a room, asked for until they are as expected: a delivery is counted a moment after it. */
async function untilCounted(server: ServerFixture, room: string, expected: object): Promise<void> {
  await expect
    .poll(async () => (await (await ask(server.url, room, "/stats")).json()).stats.webhooks)
    .toMatchObject(expected);
}

test("status changes are signed in the Standard Webhooks form, and retried with the same id after a failure and a crash", () =>
  withReceiver(
    () => 500,
    async (server, hook) => {
      const room = newRoom();
      const ada = await TestClient.join(server.url, room, { user: "ada" });
      await hook.until(() => hook.got.length >= 1);
      hook.state.answer = () => 204;
      await server.crash();
      // The room wakes with the next connection and finds what waits; the alarm does the rest.
      const ben = await TestClient.join(server.url, room, { user: "ben" });
      await hook.until(() => hook.got.length >= 3);
      const [failed, retried] = hook.got;
      expect(retried!.headers["webhook-id"]).toBe(failed!.headers["webhook-id"]);
      const verified = new Webhook(secret).verify(retried!.body, retried!.headers) as {
        type: string;
        data: unknown;
      };
      expect(verified).toMatchObject({
        type: "presence.status_changed",
        data: { room, changes: [{ userId: "ada", was: "offline", status: "online" }] },
      });
      expect(() => new Webhook(secret).verify(`${retried!.body} `, retried!.headers)).toThrow();
      await ben.leave();
      ada.socket.terminate();
    },
  ));

test.each([400, 404])(
  "a message that is answered with %i is set aside and counted, and later ones are delivered at once",
  (status) =>
    withReceiver(
      ({ changes }) => (changes.some(({ userId }) => userId === "poison") ? status : 204),
      async (server, hook) => {
        const room = newRoom();
        const ada = await TestClient.join(server.url, room, { user: "ada" });
        await hook.until(() => hook.got.length >= 1);
        const poison = await TestClient.join(server.url, room, { user: "poison" });
        await hook.until(() => hook.got.length >= 2);
        const ben = await TestClient.join(server.url, room, { user: "ben" });
        await hook.until(() => hook.got.length >= 3);
        expect(usersOf(hook.got)).toEqual(["ada", "poison", "ben"]);
        await untilCounted(server, room, { delivered: 2, refused: 1, failed: 0, dropped: 0 });
        const metrics = await fetch(`${server.url}/metrics`, {
          headers: { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` },
        });
        const text = await metrics.text();
        expect(text).toContain(`rollcall_webhooks_total{room="${room}",outcome="refused"} 1\n`);
        expect(text).toContain(`rollcall_webhooks_waiting{room="${room}"} 0\n`);
        await expect
          .poll(() => server.output.join("\n"))
          .toContain(`was refused with ${status}; it is set aside`);
        await Promise.all([ada, poison, ben].map((client) => client.leave()));
      },
    ),
);

test.each([429, 503])(
  "a message that is answered with %i is repeated before any later one, when the receiver asks for it or later",
  (status) =>
    withReceiver(
      () => [status, { "retry-after": "10", location: "/elsewhere" }],
      async (server, hook) => {
        const room = newRoom();
        const ada = await TestClient.join(server.url, room, { user: "ada" });
        await hook.until(() => hook.got.length >= 1);
        const failedAt = performance.now();
        hook.state.answer = () => 204;
        const ben = await TestClient.join(server.url, room, { user: "ben" });
        await hook.until(() => hook.got.length >= 3);
        expect(usersOf(hook.got)).toEqual(["ada", "ada", "ben"]);
        expect(hook.got[1]!.headers["webhook-id"]).toBe(hook.got[0]!.headers["webhook-id"]);
        // The default delay is 5.5 s at most: without the header it would have come long before.
        expect(performance.now() - failedAt).toBeGreaterThan(7_000);
        await untilCounted(server, room, { delivered: 2, failed: 1, refused: 0 });
        await Promise.all([ada.leave(), ben.leave()]);
      },
    ),
);

test("a receiver that is gone (410) gets nothing for a while, and later messages wait", () =>
  withReceiver(
    () => 410,
    async (server, hook) => {
      const room = newRoom();
      const ada = await TestClient.join(server.url, room, { user: "ada" });
      await hook.until(() => hook.got.length >= 1);
      await untilCounted(server, room, { refused: 1 });
      const ben = await TestClient.join(server.url, room, { user: "ben" });
      const cleo = await TestClient.join(server.url, room, { user: "cleo" });
      await cleo.untilEcho();
      await expect
        .poll(async () => (await (await ask(server.url, room, "/stats")).json()).webhooksWaiting)
        .toBe(2);
      expect(hook.got).toHaveLength(1);
      await Promise.all([ada, ben, cleo].map((client) => client.leave()));
    },
  ));

test("a receiver that never answers does not delay presence", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const own = await serverFixture({ ROLLCALL_WEBHOOK_URL: url, ROLLCALL_WEBHOOK_SECRET: secret });
  try {
    const room = newRoom();
    const watcher = await TestClient.join(own.url, room, { user: "watcher" });
    const ada = await TestClient.join(own.url, room, { user: "ada" });
    await watcher.untilStatus("ada", "online");
    ada.send({ type: "leaving" });
    await watcher.untilStatus("ada", "offline");
    await watcher.leave();
  } finally {
    silent.closeAllConnections();
    silent.close();
    await own.dispose();
  }
});
