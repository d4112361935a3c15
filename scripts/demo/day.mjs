/**
 * What a person works with.
 * @typedef {object} Life
 * @property {import("./device.mjs").Device} laptop
 * @property {import("./device.mjs").Device | null} phone
 * @property {import("./random.mjs").Random} random
 * @property {(ms: number) => Promise<void>} sleep in the person's own time; rejects at the end of the play
 * @property {() => void} newSignIn
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** @param {Life} life @param {number} least @param {number} most */
const minutes = ({ random }, least, most) => random.between(least, most) * MINUTE;

/** @type {Record<string, (life: Life) => Promise<void>>} */
const ACTS = {
  async typing(life) {
    life.laptop.type(true);
    await life.sleep(minutes(life, 1, 6));
    life.laptop.type(false);
  },
  async reading(life) {
    for (let pages = Math.ceil(life.random.between(3, 10)); pages > 0; pages -= 1) {
      await life.sleep(life.random.between(20, 90) * SECOND);
      life.laptop.touch();
    }
  },
  async otherTab(life) {
    life.laptop.hide(true);
    await idleFor(life, minutes(life, 1, 15), 2 * MINUTE);
    life.laptop.hide(false);
  },
  async coffee(life) {
    await idleFor(life, minutes(life, 4, 16), 5 * MINUTE);
    life.laptop.touch();
  },
  async phoneOnly(life) {
    for (let looks = Math.ceil(life.random.between(2, 8)); looks > 0; looks -= 1) {
      (life.phone ?? life.laptop).touch();
      await life.sleep(life.random.between(20, 120) * SECOND);
    }
    life.laptop.touch();
  },
  async lostNetwork(life) {
    const device = life.phone && life.random.next() < 0.5 ? life.phone : life.laptop;
    device.cut();
    await life.sleep(life.random.between(3, 40) * SECOND);
    device.reconnect();
    await life.sleep(life.random.between(1, 10) * SECOND);
    device.touch();
  },
  async lunch(life) {
    life.laptop.freeze();
    life.phone?.cut();
    await life.sleep(minutes(life, 20, 60));
    arrive(life);
  },
  async meeting(life) {
    leave(life, "leaving");
    await life.sleep(minutes(life, 10, 50));
    arrive(life);
  },
  async signOut(life) {
    leave(life, "signOut");
    await life.sleep(minutes(life, 15, 60));
    life.newSignIn();
    arrive(life);
  },
};

// The frequencies. With the durations they keep half of the people online and a fifth away.
/** @type {readonly [keyof typeof ACTS, number][]} */
const WEIGHTS = [
  ["typing", 60],
  ["reading", 50],
  ["otherTab", 26],
  ["coffee", 20],
  ["phoneOnly", 10],
  ["lostNetwork", 12],
  ["lunch", 4],
  ["meeting", 4],
  ["signOut", 3],
];
const ACT_BAG = WEIGHTS.flatMap(([act, weight]) => Array.from({ length: weight }, () => act));

/**
 * Repeats the day until `sleep` rejects.
 * @param {Life} life
 * @param {"online" | "away" | "offline"} beginning
 */
export async function live(life, beginning) {
  if (beginning === "online") await beginAtWork(life);
  else if (beginning === "away") await beginAway(life);
  else await beginGone(life);
  for (;;) await ACTS[life.random.pick(ACT_BAG)]?.(life);
}

/**
 * Stays idle. After the default idle time the page reports it, because at a high speed the next heartbeat would come
 * too late.
 * @param {Life} life @param {number} ms @param {number} awayAfterMs
 */
async function idleFor(life, ms, awayAfterMs) {
  const first = Math.min(ms, awayAfterMs + SECOND);
  await life.sleep(first);
  if (first === ms) return;
  life.laptop.report();
  await life.sleep(ms - first);
}

/** Nobody comes to leave at once. @param {Life} life */
async function beginAtWork(life) {
  arrive(life);
  await ACTS[life.random.pick(["typing", "reading"])]?.(life);
}

/** They have been away for a while when we get to know them. @param {Life} life */
async function beginAway(life) {
  life.laptop.open(minutes(life, 6, 50));
  life.phone?.open(minutes(life, 6, 50));
  await life.sleep(minutes(life, 2, 20));
  life.laptop.touch();
}

/** They were here just now, and went in one way or another. @param {Life} life */
async function beginGone(life) {
  const { random } = life;
  arrive(life);
  await life.sleep(random.between(1, 3) * SECOND);
  const how = random.pick(["leaving", "leaving", "signOut", "lid"]);
  if (how === "lid") {
    life.laptop.freeze();
    life.phone?.cut();
  } else {
    leave(life, how === "signOut" ? "signOut" : "leaving");
    if (how === "signOut") life.newSignIn();
  }
  await life.sleep(minutes(life, 10, 90));
  arrive(life);
}

/** @param {Life} life */
function arrive({ laptop, phone, random }) {
  laptop.open();
  phone?.open(random.between(0, 10) * MINUTE);
}

/** @param {Life} life @param {"leaving" | "signOut"} how */
function leave({ laptop, phone }, how) {
  laptop.end(how);
  phone?.end(how);
}
