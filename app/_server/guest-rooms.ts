import * as v from "valibot";
import { Attempts } from "./attempts";
import { DEFAULT_ROOM } from "./default-room";
import { Problem } from "../../core/shared/problem";
import { askRoomServer } from "./room-server";
import { secret } from "./settings";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Limits how many rooms a guest may create without a wait. */
const byGuest = new Attempts({
  free: 20,
  firstDelayMs: MINUTE_MS,
  maxDelayMs: 60 * MINUTE_MS,
  forgetAfterMs: DAY_MS,
});

/**
 * Limits the rooms of all guests of one address, because anybody can become many guests. Many people may share an
 * address.
 */
const byAddress = new Attempts({
  free: 100,
  firstDelayMs: MINUTE_MS,
  maxDelayMs: 10 * MINUTE_MS,
  forgetAfterMs: DAY_MS,
});

/** Rooms that exist. The room server is asked once for each. */
const existing = new Set<string>();
const MOST_EXISTING = 10_000;

const summary = v.object({ users: v.number(), connections: v.number() });

/**
 * Lets a guest into a room. Existing rooms are open to every guest. New rooms are limited, because each of them is
 * stored (SE4).
 * @throws {Problem} 429 if the guest or the address has created too many
 */
export async function admitGuest(
  room: string,
  { sessionId, address }: { readonly sessionId: string; readonly address: string },
  now: number,
): Promise<void> {
  if (room === DEFAULT_ROOM || (await exists(room))) return;
  const waitMs = Math.max(byGuest.waitMs(sessionId, now), byAddress.waitMs(address, now));
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1_000);
    const detail = `You have created many rooms. Try again in ${seconds} s, or enter a room that exists.`;
    throw new Problem(429, detail, { "Retry-After": String(seconds) });
  }
  byGuest.failed(sessionId, now);
  byAddress.failed(address, now);
}

async function exists(room: string): Promise<boolean> {
  if (existing.has(room)) return true;
  const answer = await askRoomServer(`/parties/main/${room}/summary`, {
    bearer: secret("ROLLCALL_API_KEY"),
  }).catch(() => null);
  // Without the room server nobody can enter. The guest's page tries again until it is back.
  if (!answer?.ok) return true;
  const told = v.safeParse(summary, await answer.json());
  if (!told.success || told.output.users + told.output.connections === 0) return false;
  if (existing.size >= MOST_EXISTING) existing.clear();
  existing.add(room);
  return true;
}
