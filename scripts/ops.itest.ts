import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { serverFixture } from "../server/testing/server-fixture";
import { ask, newRoom, TEST_SECRETS, TestClient } from "../server/testing/test-client";
import { debianProgram } from "./debian-program.mjs";
import { freePort, until } from "./ports.mjs";

const OPS = fileURLToPath(new URL("../ops", import.meta.url));
const read = (name: string) => readFile(`${OPS}/${name}`, "utf8");
const promtool = (...args: string[]) =>
  execFileSync(debianProgram("promtool", "prometheus"), args, { cwd: OPS, encoding: "utf8" });

test("Prometheus accepts the alert rules, and they fire when something is wrong, and only then", () => {
  expect(promtool("check", "rules", "alerts.yml")).toContain("SUCCESS: 7 rules found");
  expect(promtool("test", "rules", "alerts.test.yml")).toContain("SUCCESS");
});

test("[HB9] the alerts and the dashboard use metrics that the server has, and Prometheus can read these", async () => {
  const server = await serverFixture();
  const room = newRoom();
  const ada = await TestClient.join(server.url, room, { user: "ada" });
  await ask(server.url, room, "/users");
  const headers = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };
  const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
  await ada.leave();
  await server.dispose();
  const checked = execFileSync(debianProgram("promtool", "prometheus"), ["check", "metrics"], {
    input: text,
  });
  expect(String(checked)).toBe("");

  const types = new Map(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = "", type = ""]) => [name, type]),
  );
  const { panels } = JSON.parse(await read("grafana.json"));
  const dashboard: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );
  const used = new Set([...dashboard, await read("alerts.yml")].join("\n").match(/\brollcall_\w+/g));
  expect(used.size).toBeGreaterThan(12);
  for (const name of used) {
    const family = name.replace(/_bucket$/, "");
    expect([name, types.get(family)]).toEqual([
      name,
      family === name ? expect.stringMatching(/^(counter|gauge)$/) : "histogram",
    ]);
  }
  // Each metric is on the dashboard.
  const shown = dashboard.join("\n");
  for (const name of types.keys()) expect([name, shown.includes(name)]).toEqual([name, true]);
});

test("the directory for the rooms' image runs on its own, with its settings from the environment", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "rollcall-image-"));
  execFileSync(process.execPath, ["scripts/workers-bundle.mjs", dir], { cwd: path.dirname(OPS) });
  expect((await readdir(dir)).toSorted()).toEqual(["rooms.capnp", "rooms.js", "workerd"]);
  const port = await freePort();
  const state = path.join(dir, "state");
  await mkdir(path.join(state, "party"), { recursive: true });
  const image = await readFile(path.join(OPS, "../Containerfile"), "utf8");
  const command: string[] = JSON.parse(image.split("\nCMD ").at(-1)!.replaceAll("\\\n", ""));
  const [program, ...args] = command.map((part) =>
    part.replace("/rollcall", dir).replace("/state", state).replace("*:1999", `127.0.0.1:${port}`),
  );
  const settings = { PATH: process.env["PATH"], ...TEST_SECRETS, ROLLCALL_MAX_CONNECTIONS_PER_ROOM: "1" };
  const start = (): ChildProcess =>
    spawn(program!, args, { env: settings as unknown as NodeJS.ProcessEnv, stdio: "ignore" });
  const rooms = start();
  try {
    const url = `http://127.0.0.1:${port}`;
    const isReady = async () => (await fetch(`${url}/ready`).catch(() => undefined))?.status === 200;
    expect(await until(isReady, 20_000)).toBe(true);
    const room = newRoom();
    const ada = await TestClient.join(url, room, { user: "ada" });
    const ben = await TestClient.open(url, room, { user: "ben" });
    expect((await ben.closed).reason).toContain("1 connection");
    ada.socket.terminate();
    expect(await once(start(), "exit")).toEqual([1, null]);
  } finally {
    rooms.kill("SIGKILL");
    await once(rooms, "exit");
    await rm(dir, { recursive: true });
  }
});

test("the units, the images and compose.yaml name only settings that exist", async () => {
  const root = path.dirname(OPS);
  const settings = await readFile(`${root}/docs/settings.md`, "utf8");
  const files = ["Containerfile", "compose.yaml", ...(await readdir(OPS)).map((name) => `ops/${name}`)];
  for (const file of files)
    for (const name of (await readFile(`${root}/${file}`, "utf8")).match(/ROLLCALL_\w+/g) ?? [])
      expect([file, name, settings.includes(`| \`${name}\` |`)]).toEqual([file, name, true]);
});
