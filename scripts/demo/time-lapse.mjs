import { frameText } from "../frame-text.mjs";

/**
 * When the room was created, and when the last person joined. The time after that, in which the pictures are taken,
 * counts as zero.
 * @typedef {{ beganAt: number, filledAt: number }} Play
 * @typedef {{ now: number, playedMs: number, restMs: number }} Lapse
 */

/** The length of the shown day, and how strongly its last hours are weighted. */
const DAY_MS = 26 * 3_600_000;
const POWER = 3;
/** The smallest step of the history. */
const STEP_MS = 1_000;
/** The room's own default. */
const IDLE_AFTER_MS = 300_000;

/**
 * Stretches a room's age for a page. A screenshot's room is a minute old, but real rooms are hours old. Its first
 * events appear as yesterday's, and those of the middle as a few hours old. The order stays, and everything else comes
 * from the server.
 * @param {import("@playwright/test").Page} page
 * @param {Play} play
 */
export async function lapseTime(page, play) {
  await page.routeWebSocket(/\/parties\/main\//, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((data) =>
      socket.send(stretchMessage(frameText(Buffer.from(data), typeof data !== "string"), play)),
    );
  });
  await page.route(/\/rooms\/[^/]+\/history/, (route) => stretchHistory(route, play));
  await page.route(/\/users\/[^/]+\/history/, (route) => stretchChanges(route, play));
  await page.route(/\/users\/[^/?]+$/, async (route) => {
    const told = await (await route.fetch()).json();
    const stretched = /** @type {any} */ (stretchFields(told, lapseAt(told.now, play)));
    // The last input of an idle user is older than the room, and would be stretched to years.
    const { status, sinceAt } = stretched.user;
    const lastActiveAt = status === "online" ? told.user.lastActiveAt : sinceAt - IDLE_AFTER_MS;
    await route.fulfill({ json: { ...stretched, user: { ...stretched.user, lastActiveAt } } });
  });
}

/**
 * Stretches the history of counts over the day.
 * @param {import("@playwright/test").Route} route
 * @param {Play} play
 */
async function stretchHistory(route, play) {
  const asked = await (await route.fetch()).json();
  const { now, playedMs, restMs } = lapseAt(asked.now, play);
  const url = new URL(route.request().url());
  for (const [name, value] of Object.entries({ from: play.beganAt, to: now, step: STEP_MS }))
    url.searchParams.set(name, String(value));
  const real = await (await route.fetch({ url: url.href })).json();
  const points = [];
  for (let at = asked.from; at < now; at += asked.stepMs) {
    const ageMs = ((now - at) / DAY_MS) ** (1 / POWER) * playedMs + restMs;
    const then = real.points.findLast((/** @type {{ at: number }} */ point) => point.at <= now - ageMs);
    if (then) points.push({ ...then, at, mostOnlineAt: at });
  }
  await route.fulfill({ json: { ...asked, points } });
}

/**
 * Stretches a person's status changes over the day.
 * @param {import("@playwright/test").Route} route
 * @param {Play} play
 */
async function stretchChanges(route, play) {
  const asked = await (await route.fetch()).json();
  const lapse = lapseAt(asked.now, play);
  const url = new URL(route.request().url());
  url.searchParams.set("from", String(play.beganAt));
  const real = await (await route.fetch({ url: url.href })).json();
  const all = real.changes.map((/** @type {{ at: number }} */ change) => ({
    .../** @type {object} */ (stretchFields(change, lapse)),
    at: lapse.now - Number(aged(lapse.now - change.at, lapse)),
  }));
  const before = all.findLast((/** @type {{ at: number }} */ { at }) => at < asked.from);
  const changes = all.filter((/** @type {{ at: number }} */ { at }) => at >= asked.from);
  const { knownSinceAt } = /** @type {any} */ (stretchFields({ knownSinceAt: asked.knownSinceAt }, lapse));
  const initial = before?.status ?? real.initial;
  await route.fulfill({ json: { ...asked, knownSinceAt, initial, changes } });
}

/** @param {string} text @param {Play} play */
function stretchMessage(text, play) {
  const message = JSON.parse(text);
  if (!Array.isArray(message.users)) return text;
  const lapse = lapseAt(message.now, play);
  const users = message.users.map((/** @type {unknown[]} */ row) => stretchRow(row, lapse));
  return JSON.stringify({ ...message, users });
}

/** @param {number} now @param {Play} play @returns {Lapse} */
function lapseAt(now, { beganAt, filledAt }) {
  return { now, playedMs: filledAt - beganAt, restMs: Math.max(0, now - filledAt) };
}

/** A whole user, or what has changed of one (core/wire/rows.ts). @param {unknown[]} row @param {Lapse} lapse */
function stretchRow(row, lapse) {
  const [id, second] = row;
  if (typeof second === "object") return [id, stretchFields(second, lapse)];
  return row.map((value, index) =>
    index === 3 || index === 4 ? aged(value, lapse) : stretchFields(value, lapse),
  );
}

/**
 * Stretches all ages, which have these names, and all instants, whose names end in `At`.
 * @param {unknown} value @param {Lapse} lapse @returns {unknown}
 */
function stretchFields(value, lapse) {
  if (Array.isArray(value)) return value.map((each) => stretchFields(each, lapse));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (name === "since" || name === "lastSeen") return [name, aged(field, lapse)];
      if (!name.endsWith("At") || typeof field !== "number") return [name, stretchFields(field, lapse)];
      return [name, lapse.now - Number(aged(lapse.now - field, lapse))];
    }),
  );
}

/** @param {unknown} age in milliseconds, or none @param {Lapse} lapse */
function aged(age, { playedMs, restMs }) {
  if (typeof age !== "number") return age;
  return Math.round(Math.max(age, (Math.max(0, age - restMs) / playedMs) ** POWER * DAY_MS));
}
