import { vi } from "vitest";
import type { Room } from "../../core/room/room";
import type * as Records from "../../core/room/records";

/**
 * What the room server takes from its process, given by the world instead: the clock, short timers, ids,
 * when it began to serve. Nothing else of it is replaced; the room that it builds is only looked at.
 */
export interface Surroundings {
  now(): number;
  setTimer(run: () => void, ms: number): () => void;
  /** When this process first looked at the clock. */
  servingSinceAt(): number;
  onRoom(room: Room): void;
  onError(error: unknown): void;
}

let current: Surroundings | null = null;

vi.mock("../../party/serving", () => ({ servingSinceAt: () => current?.servingSinceAt() ?? 0 }));
vi.mock("../../core/room/records", async (original) => {
  const records = await original<typeof Records>();
  const wakeRoom: typeof Records.wakeRoom = (...given) => {
    const room = records.wakeRoom(...given);
    current?.onRoom(room);
    return room;
  };
  return { ...records, wakeRoom };
});

/** Runs with these surroundings in place of the process's own, and puts those back. */
export async function within<Result>(
  surroundings: Surroundings,
  run: () => Promise<Result>,
): Promise<Result> {
  const { setTimeout, clearTimeout } = globalThis;
  const { now } = Date;
  const { randomUUID } = crypto;
  const { error } = console;
  let ids = 0;
  current = surroundings;
  Date.now = () => surroundings.now();
  globalThis.setTimeout = ((run: () => void, ms: number) => surroundings.setTimer(run, ms)) as never;
  globalThis.clearTimeout = ((cancel?: () => void) => cancel?.()) as never;
  crypto.randomUUID = () => `${String((ids += 1)).padStart(8, "0")}-0-0-0-0`;
  console.error = (...told: unknown[]) => surroundings.onError(told.at(-1));
  try {
    return await run();
  } finally {
    current = null;
    Date.now = now;
    Object.assign(globalThis, { setTimeout, clearTimeout });
    crypto.randomUUID = randomUUID;
    console.error = error;
  }
}
