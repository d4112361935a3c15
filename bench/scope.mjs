// `node --import tsx bench/scope.mjs [--watchers 500] [--rounds 3]`: what a watch list of 50 costs in a room of 50 and
// in a room of 5,000, beside hearing of everybody (VW1). The same 50 people change; in the large room others do, too.
import { parseArgs } from "node:util";
import { sleep } from "../scripts/ports.mjs";
import { cpuMeter, requireFiles } from "./lib/processes.mjs";
import { each, Raw } from "./lib/raw.mjs";
import { markdown } from "./lib/tables.mjs";
import { idOf, quantile } from "./lib/tools.mjs";
import * as rollcall from "./peers/rollcall.mjs";

const { values } = parseArgs({
  options: { watchers: { type: "string", default: "500" }, rounds: { type: "string", default: "3" } },
});
const watchers = Number(values.watchers);
const WATCHED = 50;
const FLUSHES = 20;
requireFiles(watchers + 200);

const rows = [
  [
    "room",
    "heard of",
    "who changes",
    "bytes of a sync",
    "bytes per client and flush",
    "workerd, ms of CPU per flush",
  ],
];
for (const size of [WATCHED, 5_000])
  for (const scope of size === WATCHED ? ["users"] : ["users", "roster"])
    rows.push(...(await measure(size, scope)));
console.log(markdown(rows));
process.exit(0);

/** @param {number} size of the room @param {string} scope */
async function measure(size, scope) {
  const running = await rollcall.start();
  try {
    const tokens = await rollcall.credentials(Array.from({ length: size + watchers }, (_, index) => index));
    const clients = tokens.map(
      ([index, token]) => new Raw(`${rollcall.roomAddress(running.url)}?token=${token}`, `page${index}`),
    );
    const changing = clients.slice(0, Math.min(2 * WATCHED, size));
    const rest = clients.slice(changing.length, size);
    // They are known to the room, and gone: what counts is how many there are.
    await each(rest, 50, async (client) => {
      await client.open({ scope: "none" });
      client.say({ type: "signOut" });
      client.drop();
    });
    await each(changing, 50, (client) => client.open({ scope: "none" }));
    const ids = Array.from({ length: WATCHED }, (_, index) => idOf(index));
    const watching = clients.slice(size);
    await each(watching, 50, (client) => client.open({ scope, ids }));
    // Watchers that came early also got diffs. After a resync only the sync is measured.
    for (const client of watching) client.resetCounts();
    watching[0]?.say({ type: "resync" });
    await sleep(1_000);
    const syncBytes = watching[0]?.bytes ?? NaN;
    const results = [];
    for (const [who, from] of /** @type {[string, number][]} */ ([
      ["the watched", 0],
      ["others", WATCHED],
    ])) {
      const actors = changing.slice(from, from + WATCHED);
      if (actors.length === 0) continue;
      const cpus = [];
      let bytes = 0;
      for (let round = 0; round < Number(values.rounds); round += 1) {
        for (const client of watching) client.resetCounts();
        const cpu = cpuMeter({ workerd: running.pids["workerd"] ?? 0 });
        for (let flush = 0; flush < FLUSHES; flush += 1) {
          for (const client of actors) client.hide(flush % 2 === 0);
          await sleep(200);
        }
        cpus.push((cpu()["workerd"] ?? NaN) / FLUSHES);
        bytes = watching.reduce((sum, client) => sum + client.bytes, 0) / watching.length / FLUSHES;
      }
      results.push([
        size.toLocaleString("en"),
        scope === "users" ? `${WATCHED} people` : "everybody",
        who,
        String(syncBytes),
        String(Math.round(bytes)),
        (quantile(cpus, 0.5) ?? NaN).toFixed(1),
      ]);
    }
    return results;
  } finally {
    await running.stop();
  }
}
