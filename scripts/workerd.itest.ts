import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { serverFixture, type ServerFixture } from "../server/testing/server-fixture";
import { TEST_SECRETS } from "../server/testing/test-client";
import { isPortFree } from "./ports.mjs";
import { startRoomServer } from "./room-server.mjs";
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
