import { expect, test } from "vitest";
import { EndedSignIns } from "./ended-sign-ins";
import type { RoomStorage } from "../store/room-storage";

const HOUR_MS = 3_600_000;

/** Storage in memory, as far as it is used here. */
function memory(most?: number) {
  const values = new Map<string, number>();
  const storage = {
    settled: async () => {},
    getAll: async (keys: string[]) => new Map([...values].filter(([key]) => keys.includes(key))),
    put: async (key: string, value: number) => void values.set(key, value),
    list: async ({ prefix }: { prefix: string }) =>
      new Map([...values].filter(([key]) => key.startsWith(prefix))),
    delete: async (keys: string[]) => {
      expect(keys.length).toBeLessThanOrEqual(128);
      for (const key of keys) values.delete(key);
    },
  };
  return { values, ended: new EndedSignIns(storage as unknown as RoomStorage, most) };
}

test("[SE5] a sign-in that has ended is remembered, and another is not named", async () => {
  const { ended } = memory();
  await ended.end("one", HOUR_MS, 0);
  expect(await ended.among(["two", "one"])).toEqual(["one"]);
});

test("[SE5] it is forgotten once its cookie has expired, and never kept if that has been so", async () => {
  const { ended, values } = memory();
  await ended.end("past", 5, 5);
  await ended.end("one", HOUR_MS, 0);
  for (let i = 0; i < 300; i += 1) await ended.end(`more-${i}`, 10, 0);
  expect(values.size).toBe(301);
  await ended.end("two", 9 * HOUR_MS, 2 * HOUR_MS);
  expect([...values.keys()]).toEqual(["ended:two"]);
});

test("[SE5] guests who come and go by the thousand do not crowd out an admin's, nor fill the storage", async () => {
  const { ended, values } = memory(1_000);
  await ended.end("admin", 12 * HOUR_MS, 0);
  for (let i = 0; i < 3_000; i += 1) await ended.end(`guest-${i}`, 4_000 * HOUR_MS, 1);
  expect(values.size).toBeLessThanOrEqual(1_101);
  expect(await ended.among(["admin", "guest-2999"])).toContain("admin");
});
