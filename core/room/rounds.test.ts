import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Driver } from "../testing/driver";
import { deadAfterMs, DEFAULT_TIMINGS, roundSize } from "../shared/timings";

const { intervalMs, retryMs } = DEFAULT_TIMINGS;
const LARGE = 600;

/** A room with this many users, each heard one millisecond after the previous one. */
function crowd(people: number, driver = new Driver()): Driver {
  for (let each = 0; each < people; each += 1) {
    driver.connect(`tab${each}`, { userId: `user${each}` });
    driver.now += 1;
  }
  return driver;
}

/** When each connection was first pinged. */
function askedAt(sweeps: ReturnType<Driver["pass"]>): Map<string, number> {
  const first = new Map<string, number>();
  for (const { at, changes } of sweeps) for (const id of changes.pings) if (!first.has(id)) first.set(id, at);
  return first;
}

describe("rounds of pings", () => {
  test("[HB1] a large room is pinged in several rounds, those silent for longest first", () => {
    const driver = crowd(LARGE);
    const asked = driver.pass(intervalMs).map(({ changes }) => changes.pings);
    expect(asked.flat()).toEqual(Array.from({ length: LARGE }, (_, each) => `tab${each}`));
    const part = roundSize(LARGE);
    expect(asked.map(({ length }) => length)).toEqual([part, part, LARGE - 2 * part]);
  });

  test("[HB1] a room in which all are due at once is pinged without a pause between the rounds", () => {
    const driver = crowd(LARGE);
    driver.now += intervalMs;
    const sweeps = driver.pass(0);
    expect(sweeps).toHaveLength(3);
    expect(new Set(sweeps.flatMap(({ changes }) => changes.pings)).size).toBe(LARGE);
  });

  test("[HB1] nobody is pinged later than intervalMs after they were heard, whatever the size of the room", () => {
    const driver = crowd(LARGE);
    const asked = askedAt(driver.pass(intervalMs));
    expect(asked.size).toBe(LARGE);
    for (const [id, at] of asked) expect(at - driver.connection(id).heardAt).toBeLessThanOrEqual(intervalMs);
  });

  test("[HB5] a room that wakes between two rounds pings only those who have not been pinged", () => {
    const driver = crowd(LARGE);
    driver.now += intervalMs;
    const first = driver.sweep().pings;
    driver.hibernate();
    const rest = driver.pass(0).flatMap(({ changes }) => changes.pings);
    expect(rest).toHaveLength(LARGE - first.length);
    expect(rest.filter((id) => first.includes(id))).toEqual([]);
    expect(driver.room.awaited).toBe(LARGE);
  });

  test("[HB2 HB5] however often a large room hibernates, exactly the vanished clients are found dead, and in time", () => {
    const someone = fc.nat({ max: LARGE - 1 });
    const naps = fc.array(fc.nat({ max: deadAfterMs(DEFAULT_TIMINGS) }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(someone, { maxLength: LARGE }), naps, (vanished, sleeps) => {
        const driver = crowd(LARGE);
        const gone = new Set(vanished.map((each) => `tab${each}`));
        const answering = [...driver.room.connections.keys()].filter((id) => !gone.has(id));
        const startAt = driver.now;
        for (const at of [...sleeps].sort((a, b) => a - b)) {
          driver.passAnswering(startAt + at - driver.now, answering);
          driver.hibernate();
        }
        driver.passAnswering(startAt + deadAfterMs(DEFAULT_TIMINGS) - driver.now, answering);
        expect([...driver.room.connections.keys()].sort()).toEqual(answering.sort());
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  test("[HB2] those who do not answer are pinged again retryMs later, round by round", () => {
    const driver = crowd(LARGE);
    const asked = askedAt(driver.pass(intervalMs));
    const again = askedAt(driver.pass(retryMs));
    for (const [id, at] of again) expect(at).toBe((asked.get(id) ?? 0) + retryMs);
    expect(again.size).toBe(LARGE);
  });

  test("[PR1 PR2] hidden connections do not change when visible ones are pinged", () => {
    const hidden = fc.uniqueArray(fc.nat({ max: LARGE - 1 }), { maxLength: LARGE });
    fc.assert(
      fc.property(hidden, (instants) => {
        const [plain, peopled] = [new Driver(), new Driver()];
        for (let each = 0; each < LARGE; each += 1) {
          if (instants.includes(each)) {
            peopled.connect(`ghost${each}`, { userId: `ghost${each}` });
            peopled.choose(`ghost${each}`, { availability: "invisible" });
            peopled.connect(`watcher${each}`, { userId: "admin", observer: true });
          }
          for (const driver of [plain, peopled]) {
            driver.connect(`tab${each}`, { userId: `user${each}` });
            driver.now += 1;
          }
        }
        const asked = askedAt(peopled.pass(intervalMs));
        for (const [id, at] of askedAt(plain.pass(intervalMs))) expect(asked.get(id)).toBe(at);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});
