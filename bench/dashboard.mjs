// `npm run bench:dashboard`: what a diff costs an admin's page as the room grows. The built app in a real
// Chromium, its roster sorted by the column that moves every row and its chart open, before a fake room.
import { sleep } from "../scripts/ports.mjs";
import { openBuiltApp } from "./lib/built-app.mjs";
import { installPeers } from "./lib/install.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { FRAME_MS, medianAndWorst, watchPage } from "./lib/page-work.mjs";
import { markdown } from "./lib/tables.mjs";
import { quantile } from "./lib/tools.mjs";

installPeers();
const { FakeRoom } = await import("./lib/fake-room.mjs");

const SIZES = [1_000, 5_000, 10_000];
const ROOM = "crowd";
/** 50 people a second, as the server gathers them, and as one diff: the second has ten times the work. */
const PACES = [
  { changes: 5, everyMs: 100, diffs: 200 },
  { changes: 50, everyMs: 1_000, diffs: 40 },
];

const app = await openBuiltApp();
try {
  const empty = await measure(1, []);
  const rows = [
    [
      "people",
      "changes in a diff",
      "script per diff, ms (median · p99)",
      "with style and layout, ms",
      "frames over 16.7 ms",
      "longest, ms",
      "page memory per person, bytes",
    ],
  ];
  for (const people of SIZES) {
    const { heap, runs } = await measure(people, PACES);
    runs.forEach(({ changes, script, all, frames }, index) => {
      const late = frames.filter((/** @type {number} */ interval) => interval > FRAME_MS).length;
      rows.push([
        people.toLocaleString("en"),
        String(changes),
        medianAndWorst(script),
        medianAndWorst(all),
        `${late} of ${frames.length}`,
        String(quantile(frames, 1)?.toFixed(0)),
        index === 0 ? String(Math.round((heap - empty.heap) / (people - 1))) : "”",
      ]);
    });
  }
  const { cores, cpu, memoryGb, node, date } = describeMachine();
  console.log(
    `${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}, Chromium ${app.browser.version()}, ${date}.\n`,
  );
  console.log(markdown(rows));
} finally {
  await app.stop();
}

/** @param {number} people @param {typeof PACES} paces */
async function measure(people, paces) {
  const room = new FakeRoom(people);
  const page = await app.adminPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.routeWebSocket(/\/parties\/main\//, (socket) => room.accept(socket));
  await page.goto(`/admin/rooms/${ROOM}?sort=since&range=day`);
  await page.locator("[data-history-chart] canvas").waitFor();
  await page.locator("[data-user]").first().waitFor();
  await sleep(1_500);
  const watch = await watchPage(page);
  const heap = await watch.heap();
  const runs = [];
  for (const pace of paces) runs.push({ ...pace, ...(await observe(room, watch, pace)) });
  await page.context().close();
  return { heap, runs };
}

/**
 * @param {InstanceType<typeof FakeRoom>} room
 * @param {import("./lib/page-work.mjs").PageWatch} watch
 * @param {(typeof PACES)[number]} pace
 */
async function observe(room, watch, { changes, everyMs, diffs }) {
  // The first ones find code that is not compiled yet.
  for (let i = 0; i < 20; i += 1) {
    room.change(changes);
    await sleep(100);
  }
  /** @type {number[]} */ const script = [];
  /** @type {number[]} */ const all = [];
  const stop = await watch.frames();
  let due = performance.now();
  for (let i = 0; i < diffs; i += 1) {
    const before = await watch.busy();
    room.change(changes);
    due += everyMs;
    // Long enough for a diff to be drawn, and short enough for little else.
    await sleep(Math.max(0, Math.min(due - performance.now(), 90)));
    const after = await watch.busy();
    script.push(after.script - before.script);
    all.push(after.all - before.all);
    await sleep(Math.max(0, due - performance.now()));
  }
  return { script, all, frames: await stop() };
}
