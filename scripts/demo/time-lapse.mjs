/** How far back the day reaches that is shown, and how much of it lies in its last hours. */
const DAY_MS = 26 * 3_600_000;
const POWER = 3;

/**
 * Shows a page a room's age in time lapse: real rooms are hours old when somebody looks at them, that
 * of a screenshot is a minute old. What happened when it began happened yesterday, what happened
 * half-way a few hours ago. The order stays, and everything else is as the server tells it.
 * @param {import("@playwright/test").Page} page
 * @param {number} beganAt
 */
export async function lapseTime(page, beganAt) {
  await page.routeWebSocket(/\/parties\/main\//, (socket) => {
    socket.connectToServer().onMessage((data) => socket.send(stretchMessage(String(data), beganAt)));
  });
}

/** @param {string} text @param {number} beganAt */
function stretchMessage(text, beganAt) {
  const message = JSON.parse(text);
  if (!Array.isArray(message.users)) return text;
  const lapse = { now: message.now, tookMs: message.now - beganAt };
  const users = message.users.map((/** @type {unknown[]} */ row) => stretchRow(row, lapse));
  return JSON.stringify({ ...message, users });
}

/** @typedef {{ now: number, tookMs: number }} Lapse */

/** A whole user, or what has changed of one (core/rows.ts). @param {unknown[]} row @param {Lapse} lapse */
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
function aged(age, { tookMs }) {
  if (typeof age !== "number" || age <= 0) return age;
  return Math.round(Math.max(age, (age / tookMs) ** POWER * DAY_MS));
}
