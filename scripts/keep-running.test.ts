import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { keepRunning } from "./keep-running.mjs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Servers that end when told, and what the keeper did about it. */
async function kept(isServing?: () => Promise<boolean>) {
  const world = {
    starts: 0,
    stops: 0,
    refuse: "",
    log: [] as string[],
    failed: "",
    end: (_how: string) => {},
  };
  const start = async () => {
    world.starts += 1;
    if (world.refuse) throw new Error(world.refuse);
    const exited = new Promise<string>((resolve) => (world.end = resolve));
    const stop = async () => void (world.stops += 1);
    return { exited, stop, ...(isServing && { isServing }) };
  };
  const keeper = await keepRunning({ name: "The server", start, log: (line) => world.log.push(line) });
  void keeper.failed.then((why) => (world.failed = why));
  return { world, stop: keeper.stop };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("[OP2] a server that ends is started again after a delay, which doubles, and both are logged", async () => {
  const { world } = await kept();
  for (const delayMs of [250, 500, 1_000, 2_000]) {
    const { starts } = world;
    world.end("SIGKILL");
    await pass(delayMs - 1);
    expect(world.starts).toBe(starts);
    await pass(1);
    expect(world.starts).toBe(starts + 1);
    expect(world.log.slice(-2)).toEqual([
      `The server ended (SIGKILL). It is started again in ${delayMs / 1000} s.`,
      "The server serves again.",
    ]);
  }
  expect(world.failed).toBe("");
});

test("[OP2] after the fifth end within a minute the server is given up", async () => {
  const { world } = await kept();
  for (let end = 1; end <= 5; end++) {
    expect(world.failed).toBe("");
    world.end("exit code 1");
    await pass(end === 5 ? 0 : 5_000);
  }
  expect(world.failed).toBe("The server ended 5 times within a minute (exit code 1).");
  expect([world.starts, world.stops]).toEqual([5, 5]);
  await pass(600_000);
  expect(world.starts).toBe(5);
});

test("[OP2] a server that ends rarely is always restarted, at once", async () => {
  const { world } = await kept();
  for (let end = 1; end <= 20; end++) {
    world.end("SIGSEGV");
    await pass(250);
    expect(world.starts).toBe(end + 1);
    await pass(60_000);
  }
  expect(world.failed).toBe("");
});

test("[OP2] starts that fail count as ends", async () => {
  const { world } = await kept();
  world.refuse = "Port 1999 is taken";
  world.end("SIGKILL");
  await pass(10_000);
  expect(world.failed).toBe("The server ended 5 times within a minute (Port 1999 is taken).");
});

test("[OP2] a server that hangs at each start is given up after a minute", async () => {
  let hangMs = 0;
  let end = (_how: string) => {};
  const start = async () => {
    if (hangMs > 0) await new Promise((resolve) => setTimeout(resolve, hangMs));
    if (hangMs > 0) throw new Error("it did not answer");
    return { exited: new Promise<string>((resolve) => (end = resolve)), stop: async () => {} };
  };
  const { failed } = await keepRunning({ name: "The server", start, log: () => {} });
  const onFailed = vi.fn<(why: string) => void>();
  void failed.then(onFailed);
  hangMs = 30_000;
  end("SIGKILL");
  await pass(95_000);
  expect(onFailed).toHaveBeenCalledWith(
    "The server could not be started again within a minute (it did not answer).",
  );
});

test("[OP2] a first start that fails is not repeated", async () => {
  const start = vi.fn<() => Promise<never>>().mockRejectedValue(new Error("no"));
  await expect(keepRunning({ name: "The server", start, log: () => {} })).rejects.toThrow("no");
  await pass(60_000);
  expect(start).toHaveBeenCalledTimes(1);
});

test("[OP2] a server that no longer answers is ended and started again; one that is late now and then is not", async () => {
  const answers: boolean[] = [];
  const { world } = await kept(async () => answers.shift() ?? true);
  answers.push(false, false, true, false, false, true);
  await pass(90_000);
  expect(world.starts).toBe(1);
  answers.push(false, false, false);
  await pass(31_000);
  expect([world.starts, world.stops]).toEqual([2, 1]);
  expect(world.log[0]).toContain("it no longer answered");
});

test("[OP2] a stop ends the server and starts none, at any moment", async () => {
  const { world, stop } = await kept();
  await stop();
  expect([world.starts, world.stops]).toEqual([1, 1]);

  const waiting = await kept();
  waiting.world.end("SIGKILL");
  await pass(0);
  const stopped = waiting.stop();
  await pass(10_000);
  await stopped;
  expect([waiting.world.starts, waiting.world.failed]).toEqual([1, ""]);
});
