import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../scripts/ports.mjs";
import { expectValid, OPERATIONS } from "../testing/api-description";
import { readApiPage, runExample, shapeOf } from "../testing/api-page";
import { serverFixture, type ServerFixture } from "../testing/server-fixture";
import { ask, signToken, TEST_SECRETS, TestClient } from "../testing/test-client";

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

const { setup, examples, receiver, message } = readApiPage();
let server: ServerFixture;
let cwd: string;
let hook: ChildProcess;
let hookUrl: string;
let hookSaid = "";
let token: string;

// Ada and Ben are in the lobby, Cleo has left it, and the page's own receiver listens for webhooks.
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), "rollcall-page-"));
  const lines = Object.entries(TEST_SECRETS).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(path.join(cwd, ".env.local"), lines.join(""));
  await writeFile(path.join(cwd, "receiver.mjs"), receiver);
  await symlink(
    fileURLToPath(new URL("../../node_modules", import.meta.url)),
    path.join(cwd, "node_modules"),
  );
  const port = await freePort();
  hookUrl = `http://127.0.0.1:${port}/`;
  hook = spawn(process.execPath, ["receiver.mjs"], {
    cwd,
    env: { ...process.env, PORT: String(port), ROLLCALL_WEBHOOK_SECRET: WEBHOOK_SECRET },
  });
  hook.stdout?.on("data", (chunk) => (hookSaid += String(chunk)));
  hook.stderr?.on("data", (chunk) => (hookSaid += String(chunk)));

  server = await serverFixture({
    ROLLCALL_WEBHOOK_URL: hookUrl,
    ROLLCALL_WEBHOOK_SECRET: WEBHOOK_SECRET,
    // Nobody becomes away while the examples run.
    ROLLCALL_IDLE_AFTER_MS: "300000",
  });
  const people = { ada: "Ada Lovelace", ben: "Ben Marsh", cleo: "Cleo Haas" };
  const [ada, , cleo] = await Promise.all(
    Object.entries(people).map(([user, name]) =>
      TestClient.join(server.url, "lobby", { user, name, userAgent: CHROME }),
    ),
  );
  ada!.send({
    type: "choose",
    request: 1,
    message: { emoji: "🥗", text: "Lunch", untilAt: Date.now() + 1_800_000 },
  });
  cleo!.send({ type: "signOut" });
  await ada!.untilStatus("cleo", "offline");
  token = await signToken({ user: "eve", rooms: ["lobby"] });
  // The page shows a room in the middle of its work: registered, and its round trips measured.
  await vi.waitUntil(async () => (await listed()) === 1, 20_000);
  await vi.waitUntil(async () => (await roundTrip()) !== null, 20_000);
});

afterAll(async () => {
  await server.dispose();
  hook.kill();
  await rm(cwd, { recursive: true, force: true });
});

async function listed(): Promise<number> {
  const headers = { authorization: `Bearer ${TEST_SECRETS.ROLLCALL_API_KEY}` };
  const answer = await fetch(`${server.url}/parties/directory/main/rooms`, { headers });
  return ((await answer.json()) as { total: number }).total;
}

async function roundTrip(): Promise<unknown> {
  const { user } = await (await ask(server.url, "lobby", "/users/ada")).json();
  return user.connections[0].rttMs;
}

test.each(examples)("docs/api.md shows what is answered to: $command", async (example) => {
  const surroundings = { cwd, env: { ROOMS: server.url, TOKEN: token } };
  const answer = await runExample(setup, example, surroundings);
  if (example.language === "text") {
    const withoutCounts = (text: string) => text.replace(/ \d+$/gm, " n");
    expect(withoutCounts(answer)).toBe(withoutCounts(example.answer));
    return;
  }
  expect(shapeOf(JSON.parse(answer))).toEqual(shapeOf(JSON.parse(example.answer)));
});

test("docs/api.md has an example of every call", () => {
  const text = examples.map(({ command }) => command).join("\n");
  for (const { method, path: template } of OPERATIONS) {
    if (method === "HEAD") continue;
    const address = template.replace("{room}", "lobby").replace("{id}", "\\w+");
    const flag = { DELETE: "-X DELETE ", POST: "" }[method] ?? "";
    const after = method === "POST" ? "\" -d '" : '[?"]';
    expect(text).toMatch(new RegExp(`${flag}"\\$ROOMS${address}${after}`));
  }
});

test("docs/api.md's receiver takes what is signed, and nothing else", async () => {
  await expect.poll(() => hookSaid, { timeout: 20_000 }).toContain("lobby: cleo was online, is offline\n");
  expect(hookSaid).toContain("lobby: ada was offline, is online\n");
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,bm8=" };
  const forged = await fetch(hookUrl, { method: "POST", headers, body: "{}" });
  expect(forged.status).toBe(400);
  const shown = JSON.parse(message) as unknown;
  expectValid("#/components/schemas/StatusChanged", shown, "docs/api.md");
});
