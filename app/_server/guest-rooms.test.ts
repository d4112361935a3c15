import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { admitGuest } from "./guest-rooms";
import { Problem } from "../../core/shared/problem";

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2026, 0, 1);
let users = 0;
let asked: string[] = [];
let guests = 0;

beforeEach(() => {
  vi.stubEnv("ROLLCALL_API_KEY", "k".repeat(32));
  users = 0;
  asked = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return Response.json({ users, connections: 0 });
  });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** A new guest, at a new address by default. */
function newGuest(address = `198.51.100.${guests}`) {
  guests += 1;
  return { sessionId: `guest ${guests}`, address };
}

/** A room that the app does not know yet. */
function newRoom(): string {
  guests += 1;
  return `room-${guests}`;
}

const isRefused = (attempt: Promise<void>) =>
  attempt.then(
    () => false,
    (error: unknown) => error instanceof Problem && error.status === 429,
  );

test("[SE4] a guest creates twenty rooms, and further ones after growing waits", async () => {
  const guest = newGuest();
  for (let i = 0; i < 21; i += 1) await admitGuest(newRoom(), guest, NOW);
  expect(await isRefused(admitGuest(newRoom(), guest, NOW + MINUTE_MS - 1))).toBe(true);
  await admitGuest(newRoom(), guest, NOW + MINUTE_MS);
  expect(await isRefused(admitGuest(newRoom(), guest, NOW + 2 * MINUTE_MS))).toBe(true);
  await admitGuest(newRoom(), newGuest(), NOW + 2 * MINUTE_MS);
});

test("[SE4] the guests of one address share a limit, because each sign-in is free", async () => {
  for (let i = 0; i < 101; i += 1) await admitGuest(newRoom(), newGuest("203.0.113.1"), NOW);
  expect(await isRefused(admitGuest(newRoom(), newGuest("203.0.113.1"), NOW))).toBe(true);
  await admitGuest(newRoom(), newGuest("203.0.113.2"), NOW);
});

test("[SE4] existing rooms are open to every guest, and the room server is asked once for each", async () => {
  const guest = newGuest();
  for (let i = 0; i < 21; i += 1) await admitGuest(newRoom(), guest, NOW);
  users = 1;
  const room = newRoom();
  asked = [];
  await admitGuest(room, guest, NOW);
  await admitGuest(room, guest, NOW);
  await admitGuest("lobby", guest, NOW);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain(`/parties/main/${room}/summary`);
});

test("[SE4] without an answer from the room server no room counts as created", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("refused");
  });
  const guest = newGuest();
  for (let i = 0; i < 50; i += 1) await admitGuest(newRoom(), guest, NOW);
});
