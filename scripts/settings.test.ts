import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { missingSecrets, saveSecrets } from "./secrets.mjs";
import { checkAppSettings, readEngine, readNet, readSettings } from "./settings.mjs";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-settings-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("the shell overrides .env.local, which overrides .env", async () => {
  await writeFile(path.join(dir, ".env"), "ROLLCALL_MISSES=1\nROLLCALL_RETRY_MS=1\nROLLCALL_GRACE_MS=1\n");
  await writeFile(path.join(dir, ".env.local"), "ROLLCALL_MISSES=2\nROLLCALL_RETRY_MS=2\n");
  expect(await readSettings(dir, { NODE_ENV: "test", ROLLCALL_MISSES: "3" })).toEqual({
    ROLLCALL_MISSES: "3",
    ROLLCALL_RETRY_MS: "2",
    ROLLCALL_GRACE_MS: "1",
  });
});

test("only ROLLCALL_ settings are read, and an empty one counts as not set", async () => {
  await writeFile(path.join(dir, ".env"), "AWS_KEY=secret\nROLLCALL_API_KEY=\n");
  expect(await readSettings(dir, { NODE_ENV: "test" })).toEqual({});
});

test("PartyKit runs the rooms unless workerd is named, and another engine is refused by name", () => {
  expect(readEngine({})).toBe("partykit");
  expect(readEngine({ ROLLCALL_ENGINE: "workerd" })).toBe("workerd");
  expect(() => readEngine({ ROLLCALL_ENGINE: "deno" })).toThrow(
    'ROLLCALL_ENGINE must be partykit or workerd: not "deno".',
  );
});

test("missing secrets are generated once and stored, in a file that only its owner can read", async () => {
  const generated = missingSecrets(await readSettings(dir, { NODE_ENV: "test" }));
  await saveSecrets(generated, dir);
  const settings = await readSettings(dir, { NODE_ENV: "test" });
  expect(Object.keys(settings).toSorted()).toEqual([
    "ROLLCALL_ADMIN_PASSWORD",
    "ROLLCALL_API_KEY",
    "ROLLCALL_SESSION_SECRET",
    "ROLLCALL_TOKEN_SECRET",
  ]);
  expect(settings["ROLLCALL_TOKEN_SECRET"]).toMatch(/^[\w-]{43}$/);
  expect(settings["ROLLCALL_ADMIN_PASSWORD"]).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  expect((await stat(path.join(dir, ".env.local"))).mode & 0o777).toBe(0o600);
  expect(missingSecrets(settings)).toEqual({});
});

test("the content of .env.local stays when a missing secret is added", async () => {
  const own = "# mine\nROLLCALL_ADMIN_PASSWORD='correct horse battery'\nOTHER=1";
  await writeFile(path.join(dir, ".env.local"), own);
  await saveSecrets(missingSecrets(await readSettings(dir, { NODE_ENV: "test" })), dir);
  const content = await readFile(path.join(dir, ".env.local"), "utf8");
  expect(content.startsWith(`${own}\n`)).toBe(true);
  expect(content.match(/ROLLCALL_ADMIN_PASSWORD/g)).toHaveLength(1);
  expect((await readSettings(dir, { NODE_ENV: "test" }))["ROLLCALL_ADMIN_PASSWORD"]).toBe(
    "correct horse battery",
  );
});

test.each([
  "ROLLCALL_TOKEN_SECRET",
  "ROLLCALL_SESSION_SECRET",
  "ROLLCALL_API_KEY",
  "ROLLCALL_ADMIN_PASSWORD",
])("a %s that is too short is refused by its name, and not shown", (name) => {
  expect(() => missingSecrets({ [name]: "short" })).toThrow(
    new RegExp(`^${name} is too short: .* \\d+ .*\\.$`),
  );
});

test("the servers listen on loopback unless told otherwise", () => {
  expect(readNet({})).toEqual({ host: "127.0.0.1", appPort: 3000, partyPort: 1999 });
});

test.each([
  [{ ROLLCALL_APP_PORT: "http" }, /^ROLLCALL_APP_PORT must be a port/],
  [{ ROLLCALL_PARTY_PORT: "70000" }, /^ROLLCALL_PARTY_PORT must be a port/],
  [{ ROLLCALL_HOST: "my-server" }, /^ROLLCALL_HOST must be an IP address/],
  [{ ROLLCALL_APP_PORT: "1999" }, /^ROLLCALL_APP_PORT and ROLLCALL_PARTY_PORT are both 1999/],
])("an address that cannot work is refused by the setting's name: %o", (settings, message) => {
  expect(() => readNet(settings)).toThrow(message);
});

test("[HB8] settings that only the app reads are checked before the start", () => {
  checkAppSettings({});
  checkAppSettings({ ROLLCALL_GUESTS: "off", ROLLCALL_SIGN_IN_URL: "https://app.example.com/sign-in" });
  expect(() => checkAppSettings({ ROLLCALL_GUESTS: "no" })).toThrow(/^ROLLCALL_GUESTS must be on or off/);
  expect(() => checkAppSettings({ ROLLCALL_SIGN_IN_URL: "javascript:alert(1)" })).toThrow(
    /^ROLLCALL_SIGN_IN_URL/,
  );
});
