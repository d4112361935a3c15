import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HostFile, ProcessHost } from "../host";
import { fileOn } from "../testing/simulated";
import { timerHost } from "../testing/timer-host";
import { FailingStorages } from "./failing-storages";
import { formatLog, type LogEntry } from "../log";
import { RoomStorage, type StorageEvents } from "./room-storage";

/** A disk with a file for each object, which fails when told to. */
class Disk {
  readonly files = new Map<string, Map<string, unknown>>();
  readonly damaged = new Set<string>();
  /** Files that read as empty, and cannot be written. */
  readonly truncated = new Set<string>();
  isFull = false;
  requests = 0;

  file(name: string): HostFile {
    const values = (): Map<string, unknown> => {
      const held = this.files.get(name) ?? new Map<string, unknown>();
      this.files.set(name, held);
      return held;
    };
    const file: Parameters<typeof fileOn>[0] = {
      get: (keys) => new Map([...values()].filter(([key]) => keys.includes(key))),
      list: ({ start = "", limit = Infinity }) =>
        new Map(
          [...values()]
            .filter(([key]) => key >= start)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .slice(0, limit),
        ),
      write: ({ clear, put, remove }) => {
        if (this.isFull || this.truncated.has(name)) throw new Error("internal error");
        const held = values();
        if (clear) held.clear();
        for (const [key, value] of put) held.set(key, value);
        for (const key of remove) held.delete(key);
      },
    };
    return {
      ...fileOn(file, async (answer) => {
        this.requests += 1;
        if (this.damaged.has(name) || (this.isFull && !this.files.has(name)))
          throw new Error("internal error");
        return await answer();
      }),
      path: async () => `files/${name}`,
    };
  }
}

const disk = () => new Disk();

function storageOn(on: Disk, events: Partial<StorageEvents> = {}): RoomStorage {
  const host = {
    ...timerHost,
    now: () => Date.now(),
    log: (entry: LogEntry) => void log.push(formatLog(entry)),
    file: (name: string) => on.file(name),
  };
  const server = { host: host as unknown as ProcessHost, failing: new FailingStorages() };
  return new RoomStorage("id", () => "lobby", server, {
    readable: async () => {},
    lost: () => {},
    changed: () => {},
    ...events,
  });
}

/** Nothing was found. */
const isMissing = (found: unknown): boolean =>
  found === undefined || (Array.isArray(found) && found.length === 0);

const log: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  log.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

test("[DB1] the writes of one turn go in one request, in order, and can be read before they are written", async () => {
  const on = disk();
  const storage = storageOn(on);
  for (let i = 0; i < 300; i += 1) storage.put(`user:${i}`, i);
  storage.put({ a: 1, b: 2 });
  storage.delete("b");
  expect(await storage.get("a")).toBe(1);
  expect(await storage.get("b")).toBeUndefined();
  await storage.settled();
  expect(on.requests).toBe(1);
  expect(on.files.get("id")?.size).toBe(301);
});

test("[OP3] values that cannot be written wait, are listed, and are written in their latest form", async () => {
  const on = disk();
  const storage = storageOn(on);
  storage.put({ a: "old", c: "old", d: "old" });
  await storage.settled();
  on.isFull = true;
  storage.put({ a: "new", b: "new" });
  storage.delete("c");
  await vi.advanceTimersByTimeAsync(600);
  expect(storage.fault).toMatchObject({ unread: false, unwritten: 3 });
  expect([...(await storage.list({ limit: 3 }))]).toEqual([
    ["a", "new"],
    ["b", "new"],
    ["d", "old"],
  ]);
  expect([...(await storage.list({ limit: 1 })).keys()]).toEqual(["a"]);
  await expect(storage.settled()).rejects.toThrow("cannot be written");
  storage.put("a", "newest");
  on.isFull = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(storage.fault).toBeNull();
  expect(Object.fromEntries(on.files.get("id") ?? [])).toEqual({ a: "newest", b: "new", d: "old" });
  expect(on.files.size).toBe(1);
});

test("[OP3] a file that cannot be read while the disk is full is not damaged, and is read later", async () => {
  const on = disk();
  on.isFull = true;
  const seen: unknown[] = [];
  const storage = storageOn(on, { readable: async (file) => void seen.push(await file.get("name")) });
  expect(await storage.open(() => storage.get("name"), isMissing)).toBeNull();
  storage.retryLater();
  expect(storage.fault).toMatchObject({ unread: true });
  storage.put("name", "owed");
  await vi.advanceTimersByTimeAsync(3_000);
  on.files.set("id", new Map([["name", "stored"]]));
  on.isFull = false;
  await vi.advanceTimersByTimeAsync(5_000);
  // What is owed does not hide what was stored, and follows it.
  expect(seen).toEqual(["stored"]);
  expect(on.files.get("id")?.get("name")).toBe("owed");
  expect(log.join()).not.toContain("damaged");
});

test("[OP3] a damaged file is left unchanged, another replaces it, and the log names the room and the file", async () => {
  const on = disk();
  on.damaged.add("id").add("id~1");
  const storage = storageOn(on);
  expect(await storage.open(async () => [...(await storage.list({}))], isMissing)).toBeNull();
  on.damaged.delete("id~1");
  const again = storageOn(on);
  expect(await again.open(async () => [...(await again.list({}))], isMissing)).toEqual([]);
  again.put("a", 1);
  await again.settled();
  expect([...on.files.keys()]).toEqual(["id~1"]);
  expect(log.join("\n")).toContain('"room":"lobby"');
  expect(log.join("\n")).toContain("files/id");
});

test("[OP3] a file that reads as empty and cannot be written is damaged, and a new start reads the file that replaced it", async () => {
  const on = disk();
  on.truncated.add("id");
  const storage = storageOn(on);
  expect(await storage.open(() => storage.get("name"), isMissing)).toBeUndefined();
  storage.put("name", "lobby");
  await storage.settled();
  expect([...on.files.keys()]).toEqual(["id", "id~1"]);
  expect(log.join("\n")).toContain("files/id in the state directory cannot be written");
  const again = storageOn(on);
  expect(await again.open(() => again.get("name"), isMissing)).toBe("lobby");
});

test("[OP3] a file that is damaged while the room is awake is given up, and everything is written again", async () => {
  const on = disk();
  const lost = vi.fn<() => void>();
  const storage = storageOn(on, { lost });
  storage.put("a", 1);
  await storage.settled();
  on.damaged.add("id");
  storage.put("b", 2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lost).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(storage.fault).toBeNull();
  expect(on.files.get("id~1")?.get("b")).toBe(2);
});

test("[DB3] cleared values are gone at once, also while nothing can be written, and later values stay", async () => {
  const on = disk();
  const storage = storageOn(on);
  storage.put({ a: 1, b: 2 });
  await storage.settled();
  on.isFull = true;
  storage.put("c", 3);
  storage.clear();
  storage.put("b", "new");
  expect([...(await storage.list({}))]).toEqual([["b", "new"]]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await storage.get("a")).toBeUndefined();
  on.isFull = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([...(on.files.get("id") ?? [])]).toEqual([["b", "new"]]);
});
