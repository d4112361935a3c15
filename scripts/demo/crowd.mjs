import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { createToken } from "../../client/create-token.ts";
import { until } from "../ports.mjs";
import { live } from "./day.mjs";
import { Device } from "./device.mjs";
import { inventPeople } from "./people.mjs";
import { seededRandom } from "./random.mjs";

// At any speed a page sends at most a few messages a second.
const SHORTEST_PAUSE_MS = 150;
const FAREWELL_MS = 4_000;

/**
 * @typedef {object} Crowd
 * @property {import("./people.mjs").Person[]} people
 * @property {Promise<never>} failed rejects when the server refuses them, or one of them trips
 * @property {() => Promise<void>} stop everybody closes their pages
 */

/**
 * Sends invented people to a running server. About half start online and a fifth away. The others have been there
 * before.
 * @param {object} options
 * @param {string} options.url
 * @param {string} options.secret that tokens are signed with
 * @param {number} options.people
 * @param {readonly string[]} options.rooms the first one has everybody
 * @param {number} options.seed
 * @param {number} options.pace
 * @param {number} [options.arrivalMs] within this they turn up, one by one
 * @returns {Crowd}
 */
export function startCrowd({ url, secret, people: count, rooms, seed, pace, arrivalMs = 4_000 }) {
  const random = seededRandom(seed);
  const people = inventPeople(count, rooms, random);
  const beginnings = random.shuffle(people.map((_, index) => beginning(index / count)));
  const ending = new AbortController();
  // Each person's sleep listens for the end, which exceeds Node's warning limit.
  setMaxListeners(0, ending.signal);
  /** @type {Device[]} */
  const devices = [];
  /** @type {(error: Error) => void} */
  let fail = () => {};
  /** @type {Promise<never>} */
  const failed = new Promise((_, reject) => (fail = reject));
  // A rejection without a listener must not end the process.
  failed.catch(() => {});

  people.forEach((person, index) => {
    let sid = randomUUID();
    const token = () => createToken({ user: person, rooms: person.rooms, sessionId: sid, secret: secret });
    /** @param {string} userAgent */
    const device = (userAgent) => {
      const { rooms, choices } = person;
      const made = new Device({ url, rooms, userAgent, token, choices, pace, onRefused });
      devices.push(made);
      return made;
    };
    const life = {
      laptop: device(person.laptop),
      phone: person.phone === null ? null : device(person.phone),
      // A separate random sequence, so that people do not influence each other.
      random: seededRandom(seed + 7_919 * (index + 1)),
      sleep: (/** @type {number} */ ms) => sleepReal(Math.max(ms / pace, SHORTEST_PAUSE_MS)),
      newSignIn: () => void (sid = randomUUID()),
    };
    void sleepReal(life.random.between(0, arrivalMs))
      .then(() => live(life, beginnings[index] ?? "online"))
      .catch((error) => {
        if (!ending.signal.aborted) fail(error);
      });
  });

  /** @param {number} ms @returns {Promise<void>} */
  function sleepReal(ms) {
    return pause(ms, undefined, { signal: ending.signal });
  }

  /** @param {string} detail */
  function onRefused(detail) {
    fail(new Error(`the server refuses the demo's people: ${detail}`));
  }

  return {
    people,
    failed,
    async stop() {
      ending.abort();
      for (const device of devices) device.end("leaving");
      await until(() => devices.every((device) => device.closed), FAREWELL_MS);
      for (const device of devices) device.cut();
    },
  };
}

/** @param {number} share where in the line somebody stands, from 0 to 1 */
function beginning(share) {
  if (share < 0.5) return /** @type {const} */ ("online");
  return share < 0.7 ? "away" : "offline";
}
