import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { isPortFree } from "./ports.mjs";
import { startRoomServer, type RoomServer } from "./room-server.mjs";
import { listeningAddresses } from "./testing-listening";

// A project of its own, so that this is about the runner and not about Rollcall's rooms.
const SERVER = `
export default class Server {
  constructor(room) { this.room = room; }
  static onFetch(request, lobby) {
    const { pathname } = new URL(request.url);
    if (pathname === "/env") return Response.json({ ...lobby.env, ...process.env });
    if (pathname === "/gc") return new Response(typeof gc);
    if (lobby.env.BAD) return Response.json({ detail: lobby.env.BAD }, { status: 500 });
    return new Response("ok");
  }
  async onRequest(request) {
    if (request.method === "PUT") await this.room.storage.put("kept", await request.text());
    if (request.method === "DELETE") console.log("the room speaks");
    return new Response((await this.room.storage.get("kept")) ?? "nothing");
  }
}`;

let dir: string;
const started: RoomServer[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-room-server-"));
  await mkdir(path.join(dir, "party"));
  await writeFile(path.join(dir, "party/server.js"), SERVER);
  await writeFile(
    path.join(dir, "partykit.json"),
    JSON.stringify({ name: "probe", main: "party/server.js", compatibilityDate: "2024-07-18" }),
  );
  await writeFile(path.join(dir, ".env.local"), "ROLLCALL_FROM_FILE=1\n");
});
afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  await rm(dir, { recursive: true });
});

async function start(
  state: string,
  options: { port?: number; env?: Record<string, string>; v8Flags?: string[] } = {},
) {
  const output: string[] = [];
  const onOutput = (line: string) => output.push(line);
  const server = await startRoomServer({ root: dir, stateDir: path.join(dir, state), onOutput, ...options });
  started.push(server);
  return { ...server, output, room: `${server.url}/parties/main/lobby` };
}
const put = (room: string, body: string) => fetch(room, { method: "PUT", body });
const get = async (room: string) => (await fetch(room)).text();

test("two servers run at once, each with its own state", async () => {
  const [one, two] = await Promise.all([start("one"), start("two")]);
  await put(one.room, "first");
  expect(await get(one.room)).toBe("first");
  expect(await get(two.room)).toBe("nothing");
});

test("[DB1] acknowledged data survives kill -9, on the same port and state", async () => {
  const before = await start("killed");
  await put(before.room, "acknowledged");
  const workerd = before.workerdPid();
  await before.kill();
  expect(workerd !== undefined && isAlive(workerd)).toBe(false);
  const after = await start("killed", { port: before.port });
  expect(await get(after.room)).toBe("acknowledged");
});

test("the room gets the given environment, and nothing from the shell or from .env files", async () => {
  process.env["ROLLCALL_FROM_SHELL"] = "1";
  const { url } = await start("env", { env: { ROLLCALL_API_KEY: "given" } });
  delete process.env["ROLLCALL_FROM_SHELL"];
  const env = (await (await fetch(`${url}/env`)).json()) as object;
  expect(env).toEqual({ ROLLCALL_API_KEY: "given" });
});

test("[SE1] ps shows no secrets and the log no tokens, and the log has the room's own lines", async () => {
  const server = await start("secrets", { env: { ROLLCALL_TOKEN_SECRET: "secret-of-the-room" } });
  await fetch(`${server.room}?token=eyToken`, { method: "DELETE" });
  await expect.poll(() => server.output).toContain("the room speaks");
  expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("secret-of-the-room");
  expect(server.output.join("\n")).not.toMatch(/eyToken|DELETE|lobby/);
});

test.runIf(process.platform === "linux")("nothing listens beyond loopback", async () => {
  const server = await start("loopback");
  const addresses = await listeningAddresses([server.pid, server.workerdPid() ?? 0]);
  // 127.0.0.1, as the kernel writes it. No debugger either: that would be a port on every interface.
  expect(new Set(addresses)).toEqual(new Set(["0100007F"]));
});

test("V8 gets the given flags, and no others", async () => {
  process.env["WORKERD_V8_FLAGS"] = '["--expose-gc"]';
  const servers = await Promise.all([start("flags", { v8Flags: ["--expose-gc"] }), start("no-flags")]);
  delete process.env["WORKERD_V8_FLAGS"];
  expect(await Promise.all(servers.map(({ url }) => get(`${url}/gc`)))).toEqual(["function", "undefined"]);
});

test("a runtime that dies ends the whole server", async () => {
  const server = await start("dead-runtime");
  process.kill(server.workerdPid() ?? Number.NaN, "SIGKILL");
  await server.exited;
  expect(await isPortFree(server.port)).toBe(true);
});

test("[HB8] settings that the room refuses stop the start with the room's own error", async () => {
  await expect(start("refused", { env: { BAD: "ROLLCALL_RETRY_MS must be longer" } })).rejects.toThrow(
    /^ROLLCALL_RETRY_MS must be longer$/,
  );
});

function isAlive(pid: number) {
  try {
    // A zombie that nobody reaps still takes signals.
    return !/^\s*Z/.test(execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }));
  } catch {
    return false;
  }
}
