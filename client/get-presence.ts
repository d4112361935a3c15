import { decodeJwt } from "jose";
import { httpUrl } from "./connection/host";
import type { InitialPresence } from "./client/presence-client";
import type { Counts } from "../core/shared/roster-query";
import { STATUSES } from "../core/shared/statuses";
import type { User } from "../core/shared/terms";

/** Which room a server reads, and as which user. */
export interface GetPresenceOptions {
  /** host[:port] or URL of the room server, as this server reaches it. */
  readonly host: string;
  readonly room: string;
  /** The user's token, by `createToken`. The page connects with it, too. */
  readonly token: string;
}

/** The most people of each status. */
const MOST = 100;
/** A page does not wait longer for its people. */
const WITHIN_MS = 1_000;

/**
 * Reads who is in a room, as a user sees it, for the first HTML of a page: `<PresenceProvider initial={…}>`. Call it on
 * a server. Null if the room server does not answer within a second, or refuses the token: the page then begins empty.
 */
export async function getPresence({
  host,
  room,
  token,
}: GetPresenceOptions): Promise<InitialPresence | null> {
  const base = `${httpUrl(host).replace(/\/+$/, "")}/parties/main/${encodeURIComponent(room)}`;
  const init = { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(WITHIN_MS) };
  const read = async <Answer>(path: string): Promise<Answer> => {
    const answer = await fetch(base + path, { ...init, cache: "no-store" });
    if (!answer.ok) throw new Error(`the room server answered ${answer.status}`);
    return (await answer.json()) as Answer;
  };
  try {
    const [{ now, online, away, offline }, ...pages] = await Promise.all([
      read<Counts & { now: number }>("/summary"),
      ...STATUSES.map((status) => read<{ users: User[] }>(`/users?status=${status}&limit=${MOST}`)),
    ]);
    const self = decodeJwt(token).sub ?? "";
    return {
      users: pages.flatMap(({ users }) => users),
      counts: { online, away, offline },
      self,
      now,
      token,
    };
  } catch {
    return null;
  }
}
