import { sleep } from "../../scripts/ports.mjs";
import { limit } from "./generators.mjs";
import { cpuMeter, rssMb } from "./processes.mjs";
import { AWAY, ONLINE, quantile } from "./tools.mjs";

/**
 * @typedef {object} Context
 * @property {import("./generators.mjs").Generators} generators
 * @property {import("./run-system.mjs").Running} running
 * @property {any} peer
 * @property {number} people
 * @property {number} changes
 * @property {number} quietMs
 * @property {number} limitMs
 * @property {number} concurrency
 */

/** What the server still does after everybody has seen everything belongs to the phase, too. */
const SETTLE_MS = 500;
/** Then writes to disk and the like come to rest before the next. */
const REST_MS = 1_500;
/** Rollcall waits so long for a page that said it was closing. */
const RELOAD_GRACE_MS = 3_000;

/** @type {Record<string, (context: Context) => Promise<any>>} */
export const phases = {
  async join(context) {
    const { generators, people } = context;
    const concurrency = Math.ceil(context.concurrency / generators.size);
    const answers = await measured(context, "the join storm", () =>
      generators.all("join", { concurrency, online: people, returning: false }),
    );
    const startedAt = Math.min(...answers.values.map(({ startedAt }) => startedAt));
    const openAt = Math.max(...answers.values.map(({ openAt }) => openAt));
    return { openMs: Math.round(openAt - startedAt), ...answers.result, ...(await received(context)) };
  },

  // Past every system's own interval of sending, and out of step with it.
  change: (context) => change(context, () => 150 + Math.random() * 150),
  // Ten a second: most come while a system still waits after the one before.
  busy: (context) => change(context, () => Math.random() * 200),

  leave: (context) => leave(context, "signOut"),
  back: (context) => back(context),

  async reload(context) {
    const left = await leave(context, "reload");
    await back(context);
    return { ...left, afterGraceMs: Math.round(left.wallMs - RELOAD_GRACE_MS) };
  },

  async quiet(context) {
    const { generators, quietMs } = context;
    await sleep(REST_MS);
    await generators.all("reset");
    await generators.all("renew", { on: true });
    const cpu = cpuMeter(allPids(context));
    await sleep(quietMs);
    const cpuMs = cpu();
    const rss = rssOf(context);
    await generators.all("renew", { on: false });
    return { wallMs: quietMs, cpuMs, rss, ...(await received(context)) };
  },
};

/** @param {Context} context @param {string} how */
async function leave(context, how) {
  const { generators, people } = context;
  const answers = await measured(context, "leaving", () =>
    generators.all("leave", { how, online: Math.ceil(people / 2) }),
  );
  return { ...answers.result, ...(await received(context)) };
}

/** @param {Context} context */
async function back(context) {
  const { generators, people } = context;
  const concurrency = Math.ceil(context.concurrency / generators.size);
  const answers = await measured(context, "returning", () =>
    generators.all("join", { concurrency, online: people, returning: true }),
  );
  return { ...answers.result, ...(await received(context)) };
}

/**
 * @param {Context} context
 * @param {string} what
 * @param {() => Promise<any[]>} act
 */
async function measured(context, what, act) {
  const { generators, limitMs } = context;
  await generators.all("reset");
  const cpu = cpuMeter(allPids(context));
  const values = await limit(act(), limitMs, what);
  const startedAt = Math.min(...values.map(({ startedAt: at }) => at));
  const reachedAt = Math.max(...values.map(({ reachedAt: at }) => at));
  await sleep(SETTLE_MS);
  const cpuMs = cpu();
  const retries = values.reduce((sum, value) => sum + (value.retries ?? 0), 0);
  const result = { wallMs: Math.round(reachedAt - startedAt), cpuMs, rss: rssOf(context), retries };
  await sleep(REST_MS);
  return { values, result };
}

/** @param {import("./generators.mjs").Generators} generators @param {number} index @param {number} status */
async function oneChange(generators, index, status) {
  let blind = generators.size;
  const allSaw = new Promise((resolve) => {
    generators.onSaw = () => {
      blind -= 1;
      if (blind === 0) resolve(undefined);
    };
  });
  await generators.all("expect", { index, status });
  const sentAt = (await generators.all("change", { index, status })).find((at) => at !== null);
  // Who has not seen it by then has missed it.
  await Promise.race([allSaw, sleep(10_000)]);
  const sightings = await generators.all("sightings");
  return sightings.flatMap((times) => Array.from(times, (at) => at - sentAt));
}

/** @param {Context} context */
async function received({ generators, people }) {
  const totals = await generators.all("totals");
  const sum = (/** @type {string} */ key) => totals.reduce((all, each) => all + each[key], 0);
  const clients = Math.max(1, sum("clients"));
  return {
    bytesPerClient: Math.round(sum("bytes") / clients),
    framesPerClient: Math.round((sum("frames") / clients) * 10) / 10,
    newsPerClient: Math.round((sum("news") / clients) * 10) / 10,
    bytesPerPerson: Math.round((sum("bytes") / clients / people) * 10) / 10,
  };
}

/** @param {Context} context */
const allPids = ({ running, generators }) => ({ ...running.pids, ...generators.pids });

/** @param {Context} context */
const rssOf = ({ running }) =>
  Object.fromEntries(Object.entries(running.pids).map(([name, pid]) => [name, rssMb(pid)]));

/**
 * One person changes at a time, and everybody sees it.
 * @param {Context} context
 * @param {() => number} pause between two changes, in milliseconds
 */
async function change(context, pause) {
  const { generators, people, changes } = context;
  await generators.all("reset");
  /** @type {number[]} */
  const latencies = [];
  let missed = 0;
  const cpu = cpuMeter(allPids(context));
  const statuses = new Uint8Array(people).fill(ONLINE);
  for (let each = 0; each < changes; each += 1) {
    const index = Math.floor(Math.random() * people);
    const status = statuses[index] === ONLINE ? AWAY : ONLINE;
    statuses[index] = status;
    const seen = await oneChange(generators, index, status);
    for (const ms of seen) latencies.push(ms);
    missed += people - 1 - seen.length;
    await sleep(pause());
  }
  // Away is seen as online too by who counts who is there; back to where all began.
  for (const [index, status] of statuses.entries())
    if (status === AWAY) await generators.all("change", { index, status: ONLINE });
  await sleep(REST_MS);
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    maxMs: quantile(latencies, 1),
    missed,
    cpuMs: cpu(),
    ...(await received(context)),
  };
}
