import { describe, expect, test } from "vitest";
import { BUDGET } from "../../core/room/history-budget";
import type { Changes } from "../../core/room/room";
import { DEFAULT_TIMINGS } from "../../core/shared/timings";
import { Driver, START_AT } from "../../core/testing/driver";
import { simulatedStorage } from "../testing/simulated";
import { History } from "./history";
import { Persistence } from "./persistence";
import { load, NOTHING_STORED, type Stored } from "./records";

const NUMBERING = { epoch: "one", memberSeq: 4, privateSeq: 2, adminEpoch: "admins", adminSeq: 8 };
const { intervalMs } = DEFAULT_TIMINGS;

/** A room whose changes are written to a file in memory. */
class Kept {
  readonly driver = new Driver();
  readonly #disk = simulatedStorage();
  readonly history = new History(this.#disk.storage);
  readonly persistence: Persistence;
  /** The keys of each batch, in the order in which they were written. */
  readonly writes: string[][] = [];

  constructor(stored: Stored = NOTHING_STORED) {
    const { storage, file } = this.#disk;
    this.persistence = new Persistence(storage, this.driver.room, this.history, stored);
    const write = file.write.bind(file);
    file.write = (batch) => {
      this.writes.push([...batch.put.map(([key]) => key), ...batch.remove.map((key) => `-${key}`)]);
      write(batch);
    };
  }

  note(changes: Changes): Changes {
    this.persistence.note(changes);
    return changes;
  }

  /** Tells of everybody who was touched, and writes it. */
  async flush() {
    this.persistence.flushed();
    const transitions = this.persistence.save(NUMBERING, this.driver.now);
    await this.#disk.storage.settled();
    return transitions;
  }

  async stored(): Promise<Stored> {
    await this.#disk.storage.settled();
    return await load(this.#disk.storage);
  }

  async records() {
    const { records } = await this.stored();
    return new Map(records.map((record) => [record.profile.id, record]));
  }
}

describe("records", () => {
  test("[DB1] a flush writes a record for each user who was touched, and the numbering", async () => {
    const kept = new Kept();
    for (const userId of ["ada", "ben"]) kept.note(kept.driver.connect(`${userId}'s`, { userId }));
    await kept.flush();
    kept.driver.now += 1_000;
    kept.note(kept.driver.signOut("ben's"));
    kept.writes.length = 0;
    await kept.flush();
    const records = await kept.records();
    expect(records.get("ada")).toMatchObject({ status: "online", connected: true, sinceAt: START_AT });
    expect(records.get("ben")).toMatchObject({
      status: "offline",
      connected: false,
      seenAt: START_AT + 1_000,
    });
    expect(kept.writes.flat().filter((key) => key.startsWith("user:"))).toEqual(["user:ben"]);
    expect((await kept.stored()).numbering).toEqual(NUMBERING);
  });

  test("[DB1] a touched user whose change has not been broadcast is written with the others", async () => {
    const kept = new Kept();
    kept.note(kept.driver.connect("ada's"));
    kept.persistence.save(NUMBERING, kept.driver.now);
    expect((await kept.records()).has("ada")).toBe(true);
    expect(kept.persistence.touched).toEqual(new Set(["ada"]));
  });

  test("[DB3] the record of a user who was forgotten is deleted", async () => {
    const kept = new Kept();
    kept.note(kept.driver.connect("ada's"));
    await kept.flush();
    kept.note(kept.driver.happen({ type: "forget", userId: "ada" }));
    await kept.flush();
    expect(await kept.records()).toEqual(new Map());
    expect(kept.writes.at(-1)).toContain("-user:ada");
  });

  test("[DB2] heartbeats write no user records", async () => {
    const kept = new Kept();
    kept.note(kept.driver.connect("ada's"));
    await kept.flush();
    kept.writes.length = 0;
    for (let each = 0; each < 24; each += 1) {
      for (const { changes } of kept.driver.pass(intervalMs)) {
        kept.note(changes);
        kept.persistence.prove(NUMBERING, kept.driver.now);
        kept.note(kept.driver.pong("ada's"));
      }
      await kept.flush();
    }
    expect(kept.writes.flat().filter((key) => key.startsWith("user:"))).toEqual([]);
    expect(kept.writes.flat().filter((key) => key === "proof").length).toBeGreaterThanOrEqual(23);
    expect((await kept.stored()).proof?.heardAt).toBeGreaterThan(START_AT + 3 * 60_000);
  });
});

describe("the proof of life", () => {
  test("[DB2] is due once a round has passed without one, while anybody is connected", () => {
    const kept = new Kept();
    const { driver, persistence } = kept;
    expect(persistence.isProofDue(driver.now)).toBe(false);
    kept.note(driver.connect("ada's"));
    expect(persistence.isProofDue(driver.now)).toBe(true);
    persistence.prove(NUMBERING, driver.now);
    expect(persistence.isProofDue(driver.now + intervalMs - 1)).toBe(false);
    expect(persistence.isProofDue(driver.now + intervalMs)).toBe(true);
  });

  test("[DB2] is written after the records, so that nobody who was found dead gets the others' proof", async () => {
    const kept = new Kept();
    kept.note(kept.driver.connect("ada's"));
    kept.note(kept.driver.connect("ben's", { userId: "ben" }));
    kept.persistence.prove(NUMBERING, kept.driver.now);
    expect((await kept.stored()).proof).toMatchObject({ at: START_AT, heardAt: START_AT });
    const keys = kept.writes.flat();
    for (const id of ["ada", "ben"])
      expect(keys.indexOf("proof")).toBeGreaterThan(keys.indexOf(`user:${id}`));
  });

  test("[DB2] is not replaced by one of an empty room", async () => {
    const kept = new Kept();
    kept.note(kept.driver.connect("ada's"));
    kept.persistence.prove(NUMBERING, kept.driver.now);
    const { proof } = await kept.stored();
    kept.driver.now += 1_000;
    kept.note(kept.driver.signOut("ada's"));
    kept.persistence.prove(NUMBERING, kept.driver.now);
    expect((await kept.stored()).proof).toEqual(proof);
  });
});

describe("history", () => {
  test("[DB3] a save writes the changes of status once, with the counts before them, and returns them", async () => {
    const kept = new Kept();
    kept.note(kept.driver.connect("ada's"));
    kept.note(kept.driver.connect("ben's", { userId: "ben" }));
    expect(await kept.flush()).toMatchObject([
      { userId: "ada", was: "offline", status: "online" },
      { userId: "ben", was: "offline", status: "online" },
    ]);
    kept.driver.now += 10;
    kept.note(kept.driver.signOut("ada's"));
    expect(await kept.flush()).toMatchObject([{ userId: "ada", was: "online", status: "offline" }]);
    expect(await kept.flush()).toEqual([]);
    expect(await kept.history.before(kept.driver.now)).toMatchObject({
      before: { online: 2, away: 0 },
      transitions: [{ userId: "ada", at: START_AT + 10, status: "offline" }],
    });
  });

  test("[HB9] the day's peak is the most users that were online at once", async () => {
    const kept = new Kept();
    for (const userId of ["ada", "ben"]) kept.note(kept.driver.connect(`${userId}'s`, { userId }));
    kept.note(kept.driver.signOut("ada's"));
    kept.note(kept.driver.connect("cleo's", { userId: "cleo" }));
    await kept.flush();
    expect(kept.persistence.stats.peak).toMatchObject({ online: 2, at: START_AT });
    expect(kept.persistence.stats).toMatchObject({ flushes: 1, flushSize: { count: 1, sum: 3 } });
  });

  test("[DB5] changes beyond a user's budget are merged, and the merge ends when the user is quiet", async () => {
    const kept = new Kept();
    for (let each = 0; each < BUDGET; each += 1) {
      kept.note(kept.driver.connect("ada's"));
      kept.note(kept.driver.signOut("ada's"));
      kept.driver.now += 1;
    }
    expect(await kept.flush()).toHaveLength(BUDGET);
    const { settlesAt } = kept.persistence;
    expect(settlesAt).toBeGreaterThan(kept.driver.now);
    expect(kept.persistence.settle(settlesAt - 1)).toBe(false);
    expect(await kept.history.merges("ada", 0)).toEqual([]);
    expect(kept.persistence.settle(settlesAt)).toBe(true);
    expect(kept.persistence.settlesAt).toBe(Infinity);
    await kept.flush();
    expect(await kept.history.merges("ada", 0)).toMatchObject([{ changes: BUDGET, status: "offline" }]);
  });

  test("[DB5] the merge of a user who is forgotten ends with them", async () => {
    const kept = new Kept();
    for (let each = 0; each <= BUDGET; each += 1) {
      kept.note(kept.driver.connect("ada's"));
      if (each < BUDGET) kept.note(kept.driver.signOut("ada's"));
      kept.driver.now += 1;
    }
    expect(kept.persistence.settlesAt).toBeLessThan(Infinity);
    kept.note(kept.driver.happen({ type: "forget", userId: "ada" }));
    expect(kept.persistence.settlesAt).toBe(Infinity);
    await kept.flush();
    const last = await kept.history.before(kept.driver.now);
    expect(last?.transitions.at(-1)).toMatchObject({ status: "offline" });
  });
});

test("[HB9] figures go on from those that storage holds", async () => {
  const past = new Kept();
  past.persistence.stats.connects = 41;
  past.persistence.saveStats();
  const kept = new Kept(await past.stored());
  expect(kept.persistence.stats.connects).toBe(41);
});
