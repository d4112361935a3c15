/**
 * When the room began, and when the last of its people turned up. Taking the pictures takes longer than
 * that; the rest is as if it were no time.
 * @typedef {{ beganAt: number, filledAt: number }} Play
 * @typedef {{ now: number, playedMs: number, restMs: number }} Lapse
 */

/** How far back the day reaches that is shown, and how much of it lies in its last hours. */
const DAY_MS = 26 * 3_600_000;
const POWER = 3;
/** The finest that the history can be asked for. */
const STEP_MS = 1_000;
/** The room's own default. */
const IDLE_AFTER_MS = 300_000;

/**
 * Shows a page a room's age in time lapse: real rooms are hours old when somebody looks at them, that
 * of a screenshot is a minute old. What happened when it began happened yesterday, what happened
 * half-way a few hours ago. The order stays, and everything else is as the server tells it.
 * @param {import("@playwright/test").Page} page
 * @param {Play} play
 */
export async function lapseTime(page, play) {
  await page.routeWebSocket(/\/parties\/main\//, (socket) => {
    socket.connectToServer().onMessage((data) => socket.send(stretchMessage(String(data), play)));
  });
  await page.route(/\/rooms\/[^/]+\/history/, (route) => stretchHistory(route, play));
  await page.route(/\/users\/[^/]+\/history/, (route) => stretchChanges(route, play));
  await page.route(/\/users\/[^/?]+$/, async (route) => {
    const told = await (await route.fetch()).json();
    const stretched = /** @type {any} */ (stretchFields(told, lapseAt(told.now, play)));
    // What made somebody idle is longer ago than the room is old, and would lie years back.
    const { status, sinceAt } = stretched.user;
    const lastActiveAt = status === "online" ? told.user.lastActiveAt : sinceAt - IDLE_AFTER_MS;
    await route.fulfill({ json: { ...stretched, user: { ...stretched.user, lastActiveAt } } });
  });
}

/**
 * How many were there over the day: what the short real time knows, at the instants that are asked for.
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
  const points = asked.points.map((/** @type {{ at: number }} */ { at }) => {
    const ageMs = ((now - at) / DAY_MS) ** (1 / POWER) * playedMs + restMs;
    const index = Math.floor((now - ageMs - play.beganAt) / STEP_MS);
    return { ...(real.points[index] ?? { online: 0, away: 0, mostOnline: 0 }), at };
  });
  await route.fulfill({ json: { ...asked, points } });
}

/**
 * A person's status changes: those of the short real time, over the day.
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
    ...change,
    at: lapse.now - Number(aged(lapse.now - change.at, lapse)),
  }));
  const before = all.findLast((/** @type {{ at: number }} */ { at }) => at < asked.from);
  const changes = all.filter((/** @type {{ at: number }} */ { at }) => at >= asked.from);
  await route.fulfill({ json: { ...asked, initial: before?.status ?? real.initial, changes } });
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
 * Ages go by these names, and instants end in `At`, wherever they are.
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
