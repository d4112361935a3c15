import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { serverFixture, type ServerFixture } from "../server/testing/server-fixture";
import { newRoom, TEST_SECRETS, TestClient } from "../server/testing/test-client";
import { debianProgram } from "./debian-program.mjs";
import { freePort, until } from "./ports.mjs";

const CONFIG = new URL("../ops/nginx-rooms.conf", import.meta.url);
const KEY = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };

let dir: string;
let url: string;
let nginx: ChildProcess;
let servers: ServerFixture[] = [];

/** Two room servers with separate states, behind the nginx of `ops/nginx-rooms.conf`. */
beforeEach(async () => {
  const program = debianProgram("nginx", "nginx");
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-several-"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  servers = await Promise.all([1, 2].map(() => serverFixture({ ROLLCALL_ROOMS_URL: url })));
  const portOf = ({ url: own }: ServerFixture) => new URL(own).port;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join(" ");
  const config = (await readFile(CONFIG, "utf8"))
    .replaceAll("127.0.0.1:1999", `127.0.0.1:${port}`)
    .replace("127.0.0.1:2001", `127.0.0.1:${portOf(servers[0]!)}`)
    .replace("127.0.0.1:2002", `127.0.0.1:${portOf(servers[1]!)}`)
    .replace("worker_processes auto", "worker_processes 1")
    .replace("worker_connections 65536", "worker_connections 512")
    .replace("http {", `http { access_log off; ${temporary}`);
  await writeFile(path.join(dir, "nginx.conf"), config);
  const globals = `daemon off; pid ${dir}/nginx.pid; error_log stderr crit;`;
  nginx = spawn(program, ["-p", dir, "-c", path.join(dir, "nginx.conf"), "-g", globals], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const serves = async () => (await fetch(`${url}/health`).catch(() => null))?.ok === true;
  if (!(await until(serves, 10_000))) throw new Error(`nginx does not serve ${url}`);
});
afterEach(async () => {
  if (nginx.exitCode === null && nginx.kill()) await once(nginx, "exit");
  await Promise.all(servers.map((server) => server.dispose()));
  await rm(dir, { recursive: true });
});

const metricsOf = async (server: ServerFixture) =>
  (await fetch(`${server.url}/metrics`, { headers: KEY })).text();
const listed = async () =>
  (await (await fetch(`${url}/parties/directory/main/rooms`, { headers: KEY })).json()) as {
    total: number;
    rooms: { room: string; answers: boolean; online?: number }[];
  };

test("[SE5] behind nginx two servers share the rooms: one directory lists all, and each server's metrics count all", async () => {
  const rooms = Array.from({ length: 12 }, newRoom);
  const people = await Promise.all(rooms.map((room) => TestClient.join(url, room, { user: "ada" })));
  const friends = await Promise.all(rooms.map((room) => TestClient.join(url, room, { user: "ben" })));
  // Two connections of one room are on one server.
  await Promise.all(people.map((ada) => ada.untilStatus("ben", "online")));

  await expect.poll(async () => (await listed()).total).toBe(rooms.length);
  const { rooms: answers } = await listed();
  expect(answers.map(({ room }) => room).toSorted()).toEqual(rooms.toSorted());
  for (const { answers: does, online } of answers) expect([does, online]).toEqual([true, 2]);

  const metrics = await Promise.all(servers.map(metricsOf));
  const hosted = metrics.map((text) =>
    rooms.filter((room) => text.includes(`connections{room="${room}"} 2`)),
  );
  expect(hosted.flat().toSorted()).toEqual(rooms.toSorted());
  for (const [index, text] of metrics.entries()) {
    expect(hosted[index]?.length).toBeGreaterThan(0);
    expect(text).toContain(`rollcall_rooms ${rooms.length}\n`);
  }

  // A room that nobody has been in is known by none of them, and is not made by asking.
  const asked = await fetch(`${url}/parties/main/${newRoom()}/users`, { headers: KEY });
  expect(await asked.json()).toMatchObject({ total: 0 });
  expect((await listed()).total).toBe(rooms.length);
  for (const client of [...people, ...friends]) client.socket.terminate();
});

test("[GR3] while one server is down no other answers for its rooms, and its users return within the restart's grace", async () => {
  const rooms = Array.from({ length: 12 }, newRoom);
  const people = await Promise.all(rooms.map((room) => TestClient.join(url, room, { user: "ada" })));
  await expect.poll(async () => (await listed()).total).toBe(rooms.length);
  const [first] = servers as [ServerFixture, ServerFixture];
  const metrics = await metricsOf(first);
  const lost = rooms.filter((room) => metrics.includes(`connections{room="${room}"}`));
  expect(lost.length).toBeGreaterThan(0);
  await first.kill();

  for (const room of rooms) {
    const { status } = await fetch(`${url}/parties/main/${room}/users`, { headers: KEY });
    expect([room, status]).toEqual([room, lost.includes(room) ? 502 : 200]);
  }
  await first.restart();
  for (const room of lost) {
    const ben = await TestClient.join(url, room, { user: "ben" });
    expect(ben.user("ada")?.status).toBe("online");
    ben.socket.terminate();
  }
  for (const client of people) client.socket.terminate();
});
