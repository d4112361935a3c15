// One process of the load generator. It is told what to do by run.mjs over IPC, and holds its share of
// the clients; all processes look at the same clock.
import { Crowd } from "./lib/crowd.mjs";
import { clock } from "./lib/tools.mjs";
import { peers } from "./peers/registry.mjs";

/** @type {Crowd} */
let crowd;
/** @type {NodeJS.Timeout[]} */
let renewals = [];
/** y-protocols' clients repeat their state this often, or are taken for gone. */
const RENEW_MS = 15_000;

const leaver = (/** @type {{ index: number }} */ { index }) => index % 2 === 1;

/** @type {Record<string, (order: any) => unknown>} */
const orders = {
  async start({ system, url, people, indexes, credentials }) {
    const peer = await /** @type {any} */ (peers)[system]();
    crowd = new Crowd(await peer.drive(url, credentials), people, indexes);
  },

  async join({ concurrency, online, returning }) {
    const joining = returning ? crowd.clients.filter(leaver) : crowd.clients;
    const converged = crowd.converge(crowd.clients, online);
    const startedAt = clock();
    await crowd.open(joining, concurrency);
    const openAt = clock();
    return { startedAt, openAt, reachedAt: await converged, retries: crowd.retries };
  },

  /** What of a join that takes too long had been reached. */
  progress: () => ({ unmet: crowd.unmet(), ...crowd.totals() }),

  async leave({ how, online }) {
    const leaving = crowd.clients.filter(leaver);
    const converged = crowd.converge(
      crowd.clients.filter((client) => !leaver(client)),
      online,
    );
    const startedAt = clock();
    for (const client of leaving) crowd.driver.leave(client, how);
    return { startedAt, reachedAt: await converged };
  },

  expect({ index, status }) {
    const all = crowd.expect(index, status);
    void all.then(() => process.send?.({ saw: index }));
  },

  change({ index, status }) {
    const client = crowd.clients.find((each) => each.index === index);
    if (!client) return null;
    const at = clock();
    crowd.driver.change?.(client, status);
    return at;
  },

  sightings: () => crowd.sightings(),

  reset() {
    for (const client of crowd.clients) client.bytes = client.frames = client.news = 0;
  },

  renew({ on }) {
    for (const timer of renewals) clearTimeout(timer);
    renewals = [];
    const { renew } = crowd.driver;
    if (!on || !renew) return;
    for (const client of crowd.clients) {
      // Each began at its own moment: spread over the period as in life.
      renewals.push(setTimeout(() => renew(client), Math.random() * RENEW_MS));
      renewals.push(setTimeout(() => renew(client), RENEW_MS + Math.random() * RENEW_MS));
    }
  },

  totals: () => crowd.totals(),
};

process.on("message", (/** @type {any} */ message) => void obey(message));
// It must not outlive the run, however that ends.
process.on("disconnect", () => process.exit(1));

/** @param {any} message */
async function obey({ id, order, ...rest }) {
  try {
    process.send?.({ id, result: await orders[order]?.(rest) });
  } catch (error) {
    process.send?.({ id, error: String(/** @type {Error} */ (error)?.stack ?? error) });
  }
}
