import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

import { until } from "./ports.mjs";
import { spawnGroup } from "./process-group.mjs";
import { startRoomServer, type RoomServer } from "./room-server.mjs";
import { SHORT_TIMINGS, testSecrets } from "./test-settings.mjs";

const DEMO = fileURLToPath(new URL("demo.mjs", import.meta.url));
/** The demo runs in a folder from which it cannot be found by name. */
const TSX = import.meta.resolve("tsx");
const secrets = testSecrets();

let dir: string;
let server: RoomServer;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-demo-"));
  server = await startRoomServer({ stateDir: dir, env: { ...SHORT_TIMINGS, ...secrets } });
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true });
});

/** The demo as `npm run demo` runs it, in a directory without env files. */
function demo(args: string[], settings: Record<string, string>) {
  const output: string[] = [];
  const env = { PATH: process.env["PATH"], ...settings } as unknown as NodeJS.ProcessEnv;
  const group = spawnGroup(["--import", TSX, DEMO, ...args], {
    cwd: dir,
    env,
    onLine: (line) => output.push(line),
  });
  return { ...group, output };
}

async function statuses(
  room: string,
): Promise<Record<"online" | "away" | "offline" | "connections", number>> {
  const answer = await fetch(`${server.url}/parties/main/${room}/summary`, {
    headers: { authorization: `Bearer ${secrets.ROLLCALL_API_KEY}` },
  });
  return answer.json();
}

test("the demo's people join, are online, away and offline, and leave when it ends", async () => {
  const settings = { ROLLCALL_PARTY_PORT: String(server.port), ...secrets };
  const running = demo(["--people", "20", "--room", "stage", "--room", "wings", "--seed", "3"], settings);
  let seen = { online: 0, away: 0, offline: 0 };
  await until(async () => {
    const { online, away, offline } = await statuses("stage");
    seen = { online, away, offline };
    return online + away + offline === 20 && online >= 5 && away >= 2 && offline >= 2;
  }, 15_000);
  expect(seen.online + seen.away + seen.offline).toBe(20);
  expect(seen.online).toBeGreaterThanOrEqual(5);
  expect(seen.away).toBeGreaterThanOrEqual(2);
  expect(seen.offline).toBeGreaterThanOrEqual(2);
  const wings = await statuses("wings");
  expect(wings.online + wings.away + wings.offline).toBeLessThan(20);

  running.signal("SIGINT");
  expect(await running.exited).toBe("exit code 0");
  // They said that they were leaving: nobody waits for the grace of a dropped connection.
  expect((await statuses("stage")).connections).toBe(0);
}, 30_000);

test.each([
  ["there is no server", { ROLLCALL_PARTY_PORT: "1" }, /^No Rollcall answers at .*npm start/, 1],
  ["the secret is missing", { ROLLCALL_TOKEN_SECRET: "" }, /^There is no ROLLCALL_TOKEN_SECRET/, 1],
  [
    "the server has another secret",
    { ROLLCALL_TOKEN_SECRET: "x".repeat(40) },
    /refuses the demo's people/,
    1,
  ],
  ["the server may be another machine", { ROLLCALL_HOST: "192.0.2.1" }, /--anywhere/, 1],
  ["an option is wrong", { PEOPLE: "none" }, /^--people must be a whole number/, 2],
])("it says in one line when %s", async (_, settings, line, code) => {
  const { PEOPLE = "3", ...rest } = settings as Record<string, string>;
  const given = { ROLLCALL_PARTY_PORT: String(server.port), ...secrets, ...rest };
  const { exited, output } = demo(["--people", PEOPLE], given);
  expect(await exited).toBe(`exit code ${code}`);
  expect(output.at(-1)).toMatch(line);
});
