// `node --import tsx bench/returning.mjs [--people 1000] [--known 5000] [--rounds 3]`: what it costs the server when
// everybody in a room is cut off for a moment and returns, by how they are greeted: with nothing (the floor: what
// connecting alone costs), with what they missed (SY4), with the whole roster.
import { parseArgs } from "node:util";
import { sleep } from "../scripts/ports.mjs";
import { cpuMeter, requireFiles } from "./lib/processes.mjs";
import { each, Raw } from "./lib/raw.mjs";
import { markdown } from "./lib/tables.mjs";
import { quantile } from "./lib/tools.mjs";
import * as rollcall from "./peers/rollcall.mjs";

const { values } = parseArgs({
  options: {
    people: { type: "string", default: "1000" },
    known: { type: "string", default: "5000" },
    rounds: { type: "string", default: "3" },
  },
});
const people = Number(values.people);
const known = Number(values.known);
/** So many others change while they are gone. */
const CHANGES = 50;
requireFiles(people);

// Long enough that nobody's grace ends meanwhile: else their own leaving would be what they missed.
const running = await rollcall.start({
  env: { ROLLCALL_GRACE_MS: "120000", ROLLCALL_RESTART_GRACE_MS: "120000" },
});
try {
  const tokens = await rollcall.credentials(Array.from({ length: known }, (_, index) => index));
  const clients = tokens.map(
    ([index, token]) => new Raw(`${rollcall.roomAddress(running.url)}?token=${token}`, `page${index}`),
  );
  const crowd = clients.slice(0, people);
  const others = clients.slice(people);
  const changing = others.slice(0, CHANGES);
  await each(others.slice(CHANGES), 50, async (client) => {
    await client.open({ scope: "none" });
    client.say({ type: "signOut" });
    client.drop();
  });
  await each([...changing, ...crowd], 50, (client) => client.open());
  /** @type {Record<string, { cpu: number[], bytes: number[] }>} */
  const results = {};
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const how of ["nothing", "what was missed", "everything"]) {
      const result = (results[how] ??= { cpu: [], bytes: [] });
      const { cpu, bytes } = await cutOff(crowd, changing, how);
      result.cpu.push(cpu);
      result.bytes.push(bytes);
    }
  const median = (/** @type {string} */ how, /** @type {"cpu" | "bytes"} */ what) =>
    quantile(results[how]?.[what] ?? [], 0.5) ?? NaN;
  const floor = median("nothing", "cpu");
  const whole = median("everything", "cpu") - floor;
  console.log(
    markdown([
      ["greeted with", "workerd, ms of CPU", "above connecting alone, ms", "of a sync's", "bytes per client"],
      ...Object.keys(results).map((how) => {
        const above = median(how, "cpu") - floor;
        return [
          how,
          String(median(how, "cpu")),
          String(above),
          whole > 0 ? `${((above / whole) * 100).toFixed(0)} %` : "–",
          String(Math.round(median(how, "bytes"))),
        ];
      }),
    ]),
  );
} finally {
  await running.stop();
}
process.exit(0);

/** @param {Raw[]} crowd @param {Raw[]} changing @param {string} how */
async function cutOff(crowd, changing, how) {
  // Everybody hears of everybody again, and knows up to where.
  for (const client of crowd) client.say({ type: "scope", scope: "roster" });
  await sleep(3_000);
  const before = crowd.map(({ epoch, seq }) => ({ epoch, seq }));
  for (const client of crowd) client.drop();
  for (const [index, client] of changing.entries()) client.hide(index % 2 === 0);
  await sleep(2_000);
  for (const client of crowd) client.resetCounts();
  const cpu = cpuMeter({ workerd: running.pids["workerd"] ?? 0 });
  await each(crowd, 100, (client, index) => {
    const known = before[index];
    return client.open({
      scope: how === "nothing" ? "none" : "roster",
      ...(how === "what was missed" && known && { known }),
    });
  });
  const spent = cpu()["workerd"] ?? NaN;
  const expected = how === "what was missed" ? "resumed" : "sync";
  const wrong = crowd.filter(({ greeting }) => greeting !== expected).length;
  if (wrong > 0) throw new Error(`${wrong} were not greeted with ${how}`);
  for (const client of changing) client.hide(false);
  return { cpu: spent, bytes: crowd.reduce((sum, { bytes }) => sum + bytes, 0) / crowd.length };
}
