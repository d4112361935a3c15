import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { ENGINE } from "../server/testing/server-fixture";
import { SettableClock } from "../server/testing/wall-clock";
import { TEST_SECRETS } from "../server/testing/test-client";
import { freePort, isPortFree, until } from "./ports.mjs";
import { Command, isOneLine } from "./testing-command";

let dir: string;
let state: string;
let port: number;
const commands: Command[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "rollcall-rooms-"));
  state = path.join(dir, "state");
  port = await freePort();
});
afterEach(async () => {
  await Promise.all(commands.splice(0).map((command) => command.end()));
  await rm(dir, { recursive: true, force: true });
});

function run(
  settings: Record<string, string> = {},
  options: { prelude?: string; uid?: number } = {},
  script = "rooms.mjs",
) {
  const command = new Command(
    script,
    {
      ...TEST_SECRETS,
      ROLLCALL_ENGINE: ENGINE,
      ROLLCALL_STATE_DIR: state,
      ROLLCALL_PARTY_PORT: String(port),
      ...settings,
    },
    { cwd: dir, ...options },
  );
  commands.push(command);
  return command;
}

async function start(...options: Parameters<typeof run>) {
  const command = run(...options);
  await command.prints("The room server is at ");
  expect(command.output).toContain("The room server is at ");
  return command;
}

const url = () => `http://127.0.0.1:${port}`;
const serves = async () => (await fetch(`${url()}/health`).catch(() => undefined))?.ok === true;

/** Everything that a start writes, but for what the running server itself is writing. */
const runDir = async () =>
  Promise.all(
    (await readdir(path.join(state, "run"))).map((name) => readFile(path.join(state, "run", name), "utf8")),
  );

test("[OP1] a second server exits with one line that names the directory and its owner, by whatever command, port or path", async () => {
  const first = await start();
  const before = await runDir();
  await symlink(state, path.join(dir, "link"));
  const other = {
    ROLLCALL_PARTY_PORT: String(await freePort()),
    ROLLCALL_APP_PORT: String(await freePort()),
  };
  const seconds = [
    run(),
    run(other),
    run({ ...other, ROLLCALL_STATE_DIR: "./state/../state/" }),
    run({ ...other, ROLLCALL_STATE_DIR: "link" }),
    run(other, {}, "start.mjs"),
    run(other, {}, "start.mjs --dev"),
  ];
  for (const second of seconds) {
    expect(await second.exited).toBe(1);
    expect(second.output).toContain(`The state directory ${state} is in use by process ${first.pid}:`);
    expect(second.output).toSatisfy(isOneLine);
  }
  expect(await runDir()).toEqual(before);
  expect(await serves()).toBe(true);
  expect(existsSync(path.join(dir, ".env.local"))).toBe(false);
});

test("[OP1] of two servers that start at the same moment one serves and one is refused", async () => {
  const both = [run(), run({ ROLLCALL_PARTY_PORT: String(await freePort()) })];
  const [winner] = await Promise.race(
    both.map(async (command) => {
      await command.exited;
      return both.filter((each) => each !== command);
    }),
  );
  expect(await winner?.prints("The room server is at ")).toBe(true);
  const loser = both.find((command) => command !== winner);
  expect(loser?.exitCode).toBe(1);
  expect(loser?.output).toContain(`is in use by process ${winner?.pid}`);
});

test("[OP1] after kill -9 the next one starts at once", async () => {
  const first = await start();
  await first.end("SIGKILL");
  await start();
  expect(await serves()).toBe(true);
});

test.runIf(process.platform === "linux")(
  "[OP1] a runtime that outlives a kill -9 of all its parents owns the state until the next start ends it",
  async () => {
    const first = await start();
    const workerd = first.workerdPid() ?? Number.NaN;
    const partykit = first.processes()[0]?.pid ?? Number.NaN;
    process.kill(first.pid, "SIGSTOP");
    process.kill(partykit, "SIGKILL");
    await first.end("SIGKILL");
    // A process that has ended has no executable, though its entry stays until its new parent looks at it.
    expect(existsSync(`/proc/${workerd}/exe`)).toBe(true);
    await start();
    expect(existsSync(`/proc/${workerd}/exe`)).toBe(false);
  },
);

test.each(["", "garbage\0\n", `${process.pid} some-other-machine\n`, "1 localhost\n"])(
  "[OP1] a lock file that contains %j and that nobody holds does not block a start",
  async (content) => {
    await mkdir(state);
    await writeFile(path.join(state, "lock"), content);
    await start();
  },
);

test("[OP2] the server is started again on its port when it ends, and given up after five ends within a minute", async () => {
  const command = await start();
  for (let end = 1; end <= 5; end++) {
    await until(serves, 60_000);
    const workerd = command.workerdPid();
    if (workerd !== undefined) process.kill(workerd, "SIGKILL");
    if (end === 5) break;
    await until(() => command.output.split("serves again").length === end + 1, 60_000);
    expect(command.output.split("serves again").length).toBe(end + 1);
  }
  const endedAt = performance.now();
  expect(await command.exited).toBe(1);
  expect(performance.now() - endedAt).toBeLessThan(5_000);
  expect(command.output).toContain("It is started again in 0.25 s.");
  expect(command.output).toMatch(/ended 5 times within a minute \(SIGKILL\)\.\n$/);
  expect(await isPortFree(port)).toBe(true);
}, 180_000);

test("[OP2] a signal while the server is being started again ends everything", async () => {
  const command = await start();
  process.kill(command.workerdPid() ?? Number.NaN, "SIGKILL");
  expect(await command.prints("is started again")).toBe(true);
  expect(await command.end("SIGINT")).toBe(130);
  expect(await isPortFree(port)).toBe(true);
  expect(command.output).not.toContain("serves again");
});

test("[OP2] a process that takes the port while the server is down is not mistaken for it", async () => {
  const command = await start();
  const workerd = command.workerdPid() ?? Number.NaN;
  const holder = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
  process.kill(workerd, "SIGKILL");
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        holder.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
      }),
    5_000,
  );
  expect(await command.exited).toBe(1);
  expect(command.output).toContain(`Port ${port} is taken`);
  holder.close();
}, 120_000);

test.runIf(process.platform === "linux")(
  "[OP2] a runtime that hangs is ended and started again",
  async () => {
    const command = await start();
    process.kill(command.workerdPid() ?? Number.NaN, "SIGSTOP");
    await command.prints("serves again", 110_000);
    expect(command.output).toContain("it no longer answered");
    expect(await serves()).toBe(true);
  },
  150_000,
);

test.runIf(ENGINE === "workerd")(
  "[TM1] [OP2] workerd is started again when the wall clock is set back",
  async () => {
    const clock = new SettableClock();
    try {
      const command = await start(clock.env);
      clock.step(-60_000);
      expect(await command.prints("serves again")).toBe(true);
      expect(command.output).toMatch(/the wall clock was set back by (59|60) s/);
    } finally {
      await Promise.all(commands.splice(0).map((command) => command.end()));
      clock.dispose();
    }
  },
);

test.runIf(process.platform === "linux")(
  "[OP4] the soft limit of open files is raised to the hard one",
  async () => {
    const command = await start({}, { prelude: "ulimit -S -n 200" });
    const limits = await readFile(`/proc/${command.workerdPid()}/limits`, "utf8");
    const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(limits) ?? [];
    expect(soft).toBe(hard);
    expect(Number(soft)).toBeGreaterThan(200);
  },
);

test.each([
  ["a file", async () => writeFile(state, ""), "is not a directory"],
  [
    "a path below a file",
    async () => {
      await writeFile(path.join(dir, "file"), "");
      state = path.join(dir, "file/state");
    },
    "file is not a directory",
  ],
  ["a link that leads nowhere", async () => symlink(path.join(dir, "nowhere"), state), "leads nowhere"],
  [
    "a directory whose lock is a directory",
    async () => mkdir(path.join(state, "lock"), { recursive: true }),
    "EISDIR",
  ],
  [
    "a directory where run/ is a file",
    async () => {
      await mkdir(state);
      await writeFile(path.join(state, "run"), "");
    },
    "EEXIST",
  ],
  ["a path that is too long", async () => void (state = path.join(dir, "x".repeat(300))), "ENAMETOOLONG"],
])("ROLLCALL_STATE_DIR that is %s stops the start with one line", async (_what, prepare, fault) => {
  await prepare();
  const command = run();
  expect(await command.exited).toBe(1);
  expect(command.output).toContain(`The state directory ${state} cannot be used: `);
  expect(command.output).toContain(fault);
  expect(command.output).toSatisfy(isOneLine);
});

test.runIf(process.getuid?.() === 0)(
  "ROLLCALL_STATE_DIR that may not be written stops the start with one line",
  async () => {
    await mkdir(state, { mode: 0o755 });
    await chmod(dir, 0o755);
    const command = run({}, { uid: 65_534 });
    expect(await command.exited).toBe(1);
    expect(command.output).toMatch(/^The state directory .* cannot be used: EACCES: permission denied/);
    expect(command.output).toSatisfy(isOneLine);
  },
);

test.each([
  ["ROLLCALL_PARTY_PORT", "abc"],
  ["ROLLCALL_PARTY_PORT", "0"],
  ["ROLLCALL_PARTY_PORT", "70000"],
  ["ROLLCALL_HOST", "localhost"],
  ["ROLLCALL_HOST", "203.0.113.1"],
  ["ROLLCALL_ENGINE", "deno"],
])("%s=%s stops the start with one line that names the setting", async (setting, value) => {
  const command = run({ [setting]: value });
  expect(await command.exited).toBe(1);
  expect(command.output).toContain(setting);
  expect(command.output).toSatisfy(isOneLine);
});

test("an .env.local that is a directory stops the start with one line that names it", async () => {
  await mkdir(path.join(dir, ".env.local"));
  const command = run();
  expect(await command.exited).toBe(1);
  expect(command.output).toMatch(/^\.env\.local cannot be read: /);
  expect(command.output).toSatisfy(isOneLine);
});
