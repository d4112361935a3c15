import { sample, type HistoryEntry, type Presence, type Transition } from "../../core/room/history";
import type { Gap } from "../../core/shared/terms";
import { unmerge } from "../../core/room/history-budget";
import { countByStatus } from "../../core/shared/roster-query";
import type { WallClock } from "../../core/room/room-clock";
import type { Status } from "../../core/shared/terms";
import type { ApiRequest, ApiRoom } from "./request";
import { instantParam, invalid, notFound, wholeParam } from "./params";

const DAY_MS = 24 * 3_600_000;
const DEFAULT_STEP_MS = 5 * 60_000;
/** The most points and changes in a response. */
const MAX_POINTS = 2_500;
const MAX_CHANGES = 5_000;

/** How many users were online and away over time: a step function, sampled exactly at each step. */
export async function roomHistory(
  asked: ApiRequest,
  { room, history, historyDays }: ApiRoom,
): Promise<unknown> {
  const { params, now } = asked;
  const { from, to } = readRange(asked, historyDays);
  const stepMs = wholeParam(
    params,
    "step",
    Math.max(DEFAULT_STEP_MS, Math.ceil((to - from) / MAX_POINTS)),
    1_000,
    31 * DAY_MS,
  );
  if ((to - from) / stepMs > MAX_POINTS) {
    const least = Math.ceil((to - from) / MAX_POINTS);
    throw invalid("step", `this range has more than ${MAX_POINTS} steps: use a step of at least ${least} ms`);
  }
  const { clock } = room;
  const gaps = await readGaps(history, from, to, clock);
  const { entries, initial, beginsAt } = await readEntries(history, from, to, present(room), clock);
  return {
    now,
    from,
    to,
    stepMs,
    points: sample(entries, initial, gaps, { from, to: Math.min(to, now + 1), stepMs }, beginsAt),
    gaps,
  };
}

function present({ users }: ApiRoom["room"]): Presence {
  const { online, away } = countByStatus(users.values());
  return { online, away };
}

type Change = Omit<Transition, "userId">;

/** The status changes of one user, the status before the first, and when the server was down. */
export async function userHistory(
  asked: ApiRequest,
  { room, history, historyDays }: ApiRoom,
  id: string,
): Promise<unknown> {
  const user = room.users.get(id);
  if (!user) throw notFound("this room knows no user of this id");
  const { from, to } = readRange(asked, historyDays);
  const found: Change[] = [];
  const { clock } = room;
  const [fromAt, toAt] = [clock.roomAt(from), clock.roomAt(to)];
  const take = (each: readonly Change[]): void => {
    for (const change of each) {
      const told = inWallTime(change, clock);
      if (told.at >= from && told.at < to) found.push(told);
    }
  };
  const takeEntry = ({ transitions }: HistoryEntry): void => {
    // A merge contains the changes that the room's timeline only samples (DB5).
    const own = transitions.filter(({ userId, merged }) => userId === id && merged === undefined);
    take(own.map(({ at, was, status, reason }) => ({ at, was, status, ...(reason && { reason }) })));
  };
  const first = await history.before(fromAt);
  if (first) takeEntry(first);
  for await (const entry of history.between(fromAt, toAt)) takeEntry(entry);
  const merges = await history.merges(id, fromAt);
  for (const merge of user.pace.open ? [...merges, user.pace.open] : merges) take(unmerge(merge));
  found.sort((a, b) => a.at - b.at);
  const changes = found.slice(0, MAX_CHANGES);
  const truncated = found.length > MAX_CHANGES;
  const gaps: Gap[] = await readGaps(history, from, to, clock);
  const knownSinceAt = user.knownSinceAt === 0 ? null : clock.wallAt(user.knownSinceAt);
  // Without a change in the range the status was constant. It is known only if it began before.
  const known: Status | null = changes[0]?.was ?? (clock.wallAt(user.sinceAt) <= to ? user.status : null);
  const initial = knownSinceAt !== null && knownSinceAt > from ? null : known;
  return { now: asked.now, from, to, knownSinceAt, initial, changes, gaps, truncated };
}

/** Converts to the room's time, in which the history is stored, because the wall clock may be set (TM2). */
export function inWallTime<Told extends Change>(change: Told, clock: WallClock): Told {
  const { at, reason } = change;
  const evidenceAt = reason?.evidenceAt;
  return {
    ...change,
    at: clock.wallAt(at),
    ...(evidenceAt !== undefined && { reason: { ...reason, evidenceAt: clock.wallAt(evidenceAt) } }),
  };
}

function entryInWallTime({ before, transitions }: HistoryEntry, clock: WallClock): HistoryEntry {
  return { before, transitions: transitions.map((each) => inWallTime(each, clock)) };
}

async function readGaps(
  history: ApiRoom["history"],
  from: number,
  to: number,
  clock: WallClock,
): Promise<Gap[]> {
  const gaps = await history.gaps(clock.roomAt(from), clock.roomAt(to));
  return gaps.map(({ fromAt, toAt }) => ({ fromAt: clock.wallAt(fromAt), toAt: clock.wallAt(toAt) }));
}

function readRange({ params, now }: ApiRequest, historyDays: number): { from: number; to: number } {
  const to = instantParam(params, "to", now);
  const from = instantParam(params, "from", Math.max(0, to - DAY_MS));
  if (from >= to) throw invalid("from", "from must be before to");
  const longest = (historyDays + 1) * DAY_MS;
  if (to - from > longest)
    throw invalid("from", `the history is kept for ${historyDays} days: ask for a shorter range`);
  return { from, to };
}

async function readEntries(
  history: ApiRoom["history"],
  from: number,
  to: number,
  current: Presence,
  clock: WallClock,
): Promise<{ entries: HistoryEntry[]; initial: Presence; beginsAt: number }> {
  const entries: HistoryEntry[] = [];
  const [fromAt, toAt] = [clock.roomAt(from), clock.roomAt(to)];
  const first = await history.before(fromAt);
  if (first) entries.push(entryInWallTime(first, clock));
  for await (const entry of history.between(fromAt, toAt)) entries.push(entryInWallTime(entry, clock));
  const initial = entries[0]?.before ?? current;
  // Without an entry from before, nothing is known from before the first one in the range.
  return { entries, initial, beginsAt: first ? from : (entries[0]?.transitions[0]?.at ?? to) };
}
