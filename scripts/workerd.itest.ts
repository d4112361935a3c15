import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { serverFixture, type ServerFixture } from "../server/testing/server-fixture";
import { TEST_SECRETS } from "../server/testing/test-client";
import { freePort, isPortFree } from "./ports.mjs";
import { startRoomServer } from "./room-server.mjs";
import { Command } from "./testing-command";
import { listeningAddresses } from "./testing-listening";

// Other tests of this machine may show theirs.
const SECRET = "the-key-of-this-server-alone-0123456789";

let stateDir: string;
let server: ServerFixture;

beforeAll(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), "rollcall-workerd-"));
  server = await serverFixture({ ROLLCALL_API_KEY: SECRET }, { engine: "workerd", stateDir });
});
afterAll(async () => {
  await server.dispose();
  await rm(stateDir, { recursive: true });
});

test("[SE1] workerd's configuration, its bundle and ps hold no secrets, and only the owner may look into their directory", async () => {
  const runDir = path.join(stateDir, "run");
  expect((await stat(runDir)).mode & 0o077).toBe(0);
  const files = await readdir(runDir);
  expect(files.toSorted()).toEqual(["rooms.capnp", "rooms.js"]);
  const texts = await Promise.all(files.map((name) => readFile(path.join(runDir, name), "utf8")));
  const shown = [...texts, execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })].join("\n");
  expect(shown).not.toContain(SECRET);
});

test.runIf(process.platform === "linux")(
  "workerd listens on loopback only, and has no debugger",
  async () => {
    const addresses = await listeningAddresses([server.workerdPid() ?? 0]);
    // 127.0.0.1, as the kernel writes it.
    expect(addresses).toEqual(["0100007F"]);
  },
);

test("[HB8] settings that the room refuses stop the start with the room's own error", async () => {
  const refused = serverFixture({ ROLLCALL_RETRY_MS: "1" }, { engine: "workerd" });
  await expect(refused).rejects.toThrow(/^ROLLCALL_RETRY_MS must be /);
});

test("a workerd that cannot be run stops the start with a line that says so, and leaves nothing behind", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "rollcall-workerd-"));
  const options = { stateDir: dir, engine: "workerd" as const, runtime: path.join(dir, "no-such-file") };
  await expect(startRoomServer({ ...options, env: TEST_SECRETS })).rejects.toThrow(
    /workerd cannot be started \(spawn .*no-such-file ENOENT\)/,
  );
  expect(await isPortFree(Number(new URL(server.url).port))).toBe(false);
  expect(await readdir(dir)).not.toContain("run");
  await rm(dir, { recursive: true });
});

test("a workerd that is missing for this platform, and the state of a newer workerd, stop the start with one line and exit code 1", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "rollcall-workerd-"));
  const settings = {
    ...TEST_SECRETS,
    ROLLCALL_ENGINE: "workerd",
    ROLLCALL_PARTY_PORT: String(await freePort()),
    ROLLCALL_STATE_DIR: dir,
  };
  const refused = async (prelude = ":"): Promise<string> => {
    const rooms = new Command("rooms.mjs", settings, { prelude });
    expect(await rooms.exited).toBe(1);
    return rooms.output;
  };
  const elsewhere = `data:text/javascript,${encodeURIComponent('Object.defineProperty(process,"arch",{value:"mips"})')}`;
  expect(await refused(`export NODE_OPTIONS="--import ${elsewhere}"`)).toMatch(
    /^workerd's executable for \S+ mips is missing: install .*\n$/,
  );
  await writeFile(path.join(dir, "written-by"), "9.20991231.1\n");
  expect(await refused()).toMatch(/^The state .* 9\.20991231\.1.*\n$/);
  await rm(dir, { recursive: true });
});
