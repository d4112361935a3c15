import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { serverFixture } from "../server/testing/server-fixture";
import { ask, newRoom, TEST_SECRETS, TestClient } from "../server/testing/test-client";
import { debianProgram } from "./debian-program.mjs";

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
