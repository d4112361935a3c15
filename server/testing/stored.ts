import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "vitest";

import { objectId, OBJECTS_DIR, STORAGE_NAMESPACE } from "../store/object-id.mjs";

/** The file of a room's storage. */
export async function fileOf(stateDir: string, room: string): Promise<string> {
  const id = await objectId(STORAGE_NAMESPACE, await objectId("-PartyKitDurable", room));
  return path.join(stateDir, OBJECTS_DIR, STORAGE_NAMESPACE, `${id}.sqlite`);
}

/** Waits until a crash would not lose the user: their record is in the file or in its log. */
export async function untilStored(stateDir: string, room: string, userId: string): Promise<void> {
  const file = await fileOf(stateDir, room);
  const read = (name: string): Promise<string> => readFile(name, "latin1").catch(() => "");
  await expect
    .poll(async () => (await Promise.all([file, `${file}-wal`].map(read))).join(), { timeout: 20_000 })
    .toContain(`user:${userId}`);
}
