import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TEST_SECRETS } from "../../server/testing/test-client";
import { freePort, until } from "../../scripts/ports.mjs";
import { Command } from "../../scripts/testing-command";
import { named, SETTINGS } from "./stage";
import { Troupe } from "./troupe";
import { Witness } from "./witness";

// The command that operators run starts and restarts the server, not the test.
let dir: string;
let host: string;
let rooms: Command;
const endings: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-kept-"));
  const port = await freePort();
  host = `http://127.0.0.1:${port}`;
  rooms = new Command("rooms.mjs", {
    ...TEST_SECRETS,
    ...SETTINGS,
    // Longer than elsewhere: a busy machine starts a server slowly.
    ROLLCALL_RESTART_GRACE_MS: "30000",
    ROLLCALL_MISSES: "10",
    ROLLCALL_STATE_DIR: dir,
    ROLLCALL_PARTY_PORT: String(port),
  });
  await rooms.prints("The room server is at ");
});
afterEach(async () => {
  await Promise.all(endings.splice(0).map(async (end) => end()));
  await rooms.end();
  await rm(dir, { recursive: true, force: true });
});

test("[OP2] [GR3] a runtime that is killed with 20 users restarts on its port, and nobody is shown offline", async () => {
  const room = "kept";
  const secret = TEST_SECRETS.ROLLCALL_TOKEN_SECRET;
  const users = named("kept", 20);
  const people = Troupe.enter({ host, room, secret, users });
  endings.push(async () => people.kill());
  const witness = await Witness.enter({ host, room, secret });
  endings.push(() => witness.leave());
  await witness.untilAll(users, "online");

  const killed = new Set<number>();
  for (let kill = 1; kill <= 3; kill++) {
    const workerd = rooms.workerdPid() ?? Number.NaN;
    killed.add(workerd);
    process.kill(workerd, "SIGKILL");
    await until(() => rooms.output.split("serves again").length === kill + 1, 60_000);
    expect(rooms.output.split("serves again").length).toBe(kill + 1);
    await witness.until(() => witness.isLive, "the witness to be back");
    await people.untilLive();
    await witness.untilAll(users, "online");
  }
  expect(killed.size).toBe(3);
  expect(witness.shownOffline(users)).toEqual([]);
});
