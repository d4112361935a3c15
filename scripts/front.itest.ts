import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { afterEach, expect, test } from "vitest";

import { createFront, permittedConnections } from "./front.cjs";
import { until } from "./ports.mjs";

const ENOUGH = 1_000;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  cleanups.push(() => server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A front before a server that answers each connection by `serve`. */
async function fronted(openFiles: number, serve: (socket: Socket) => void): Promise<() => Promise<Visitor>> {
  const runtime = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    cleanups.push(() => socket.destroy());
    serve(socket);
  });
  const port = await listen(runtime);
  const front = createFront({
    runtime: { host: "127.0.0.1", port },
    runtimePid: () => undefined,
    openFiles,
    log: () => {},
  });
  const frontPort = await listen(front);
  return async () => {
    const visitor = new Visitor(connect({ port: frontPort, host: "127.0.0.1", allowHalfOpen: true }));
    cleanups.push(() => visitor.socket.destroy());
    await once(visitor.socket, "connect");
    return visitor;
  };
}

class Visitor {
  received = "";
  ended = false;
  constructor(readonly socket: Socket) {
    socket.setEncoding("utf8").on("data", (text: string) => (this.received += text));
    socket.on("error", () => {});
    for (const event of ["end", "close"]) socket.on(event, () => (this.ended = true));
  }
}

test("[OP4] newcomers above the limit are refused with an explanation, others stay, and a free place can be taken again", async () => {
  const enter = await fronted(100, (socket) => socket.pipe(socket));
  const places = permittedConnections(100);
  const inside = await Promise.all(Array.from({ length: places }, enter));
  const late = await Promise.all(Array.from({ length: 10 }, enter));
  expect(await until(() => late.every(({ ended }) => ended), 5_000)).toBe(true);
  expect(late.every(({ received }) => received.startsWith("HTTP/1.1 503 "))).toBe(true);

  for (const { socket } of inside) socket.write("still here");
  expect(await until(() => inside.every(({ received }) => received === "still here"), 5_000)).toBe(true);

  inside[0]?.socket.destroy();
  await expect
    .poll(async () => {
      const next = await enter();
      next.socket.write("a place");
      await until(() => next.received !== "", 1_000);
      return next.received;
    })
    .toBe("a place");
});

test("[OP4] a refused client that keeps sending is disconnected", async () => {
  const enter = await fronted(0, (socket) => socket.pipe(socket));
  await enter();
  const { socket } = await enter();
  const flood = setInterval(() => socket.write("x".repeat(1_000)), 1);
  expect(await until(() => socket.closed, 5_000)).toBe(true);
  clearInterval(flood);
});

test("a response arrives whole after either side has closed its half", async () => {
  const answer = "y".repeat(3_000_000);
  const enter = await fronted(ENOUGH, (socket) => socket.once("end", () => socket.end(answer)).resume());
  const visitor = await enter();
  visitor.socket.end("asked");
  expect(await until(() => visitor.ended, 10_000)).toBe(true);
  expect(visitor.received.length).toBe(answer.length);
});

test("a connection that breaks on one side is closed on the other", async () => {
  const served: Visitor[] = [];
  const enter = await fronted(ENOUGH, (socket) => served.push(new Visitor(socket)));
  const visitors = [await enter(), await enter(), await enter()];
  expect(await until(() => served.length === 3, 5_000)).toBe(true);
  served[0]?.socket.resetAndDestroy();
  served[1]?.socket.destroy();
  visitors[2]?.socket.resetAndDestroy();
  expect(await until(() => [visitors[0], visitors[1], served[2]].every((each) => each?.ended), 5_000)).toBe(
    true,
  );
});
