// `npm run demo`: fills a running server with invented people until Ctrl-C.
import { startCrowd } from "./demo/crowd.mjs";
import { readOptions, USAGE, UsageError } from "./demo/options.mjs";
import { sleep } from "./ports.mjs";
import { reachableHost } from "./room-server.mjs";
import { readNet, readSettings } from "./settings.mjs";
import { StartError } from "./start-error.mjs";

const REPORT_EVERY_MS = 60_000;

/** @type {Promise<"stopped">} */
const stopped = new Promise((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve("stopped"));
});

try {
  await run();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
}

async function run() {
  const { help, anywhere, ...options } = readOptions(process.argv.slice(2));
  if (help) return console.log(USAGE);
  const settings = await readSettings(process.cwd(), process.env);
  const { host, appPort, partyPort } = readNet(settings);
  const address = reachableHost(host);
  if (!anywhere && !/^(127\..*|\[::1\])$/.test(address))
    throw new StartError(
      `ROLLCALL_HOST is ${host}, not this machine's own: say --anywhere if that is meant.`,
    );
  const secret = settings["ROLLCALL_TOKEN_SECRET"];
  if (secret === undefined)
    throw new StartError(
      "There is no ROLLCALL_TOKEN_SECRET: `npm start` makes one and keeps it in .env.local.",
    );
  const url = `http://${address}:${partyPort}`;
  await refuseSilence(url);

  const crowd = startCrowd({ ...options, url, secret });
  const [room = ""] = options.rooms;
  console.log(
    `${options.people} people are on their way to ${options.rooms.join(", ")}. Ctrl-C sends them home.`,
  );
  console.log(`See them at http://${address}:${appPort}/rooms/${room} and …/admin/rooms/${room}`);
  try {
    await Promise.race([stopped, crowd.failed, report(url, room, settings["ROLLCALL_API_KEY"])]);
  } finally {
    console.log("Everybody leaves …");
    await crowd.stop();
  }
}

/** @param {string} url */
async function refuseSilence(url) {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (!answer?.ok) throw new StartError(`No Rollcall answers at ${url}: start it first with \`npm start\`.`);
}

/**
 * Prints the counts from time to time, for ever.
 * @param {string} url @param {string} room @param {string | undefined} key
 * @returns {Promise<never>}
 */
async function report(url, room, key) {
  for (let waitMs = 8_000; ; waitMs = REPORT_EVERY_MS) {
    await sleep(waitMs);
    if (key === undefined) continue;
    const answer = await fetch(`${url}/parties/main/${room}/summary`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(5_000),
    }).catch(() => undefined);
    if (!answer?.ok) console.log("The server does not answer: everybody tries again.");
    else {
      const { online, away, offline } = await answer.json();
      console.log(`${room}: ${online} online, ${away} away, ${offline} offline`);
    }
  }
}
