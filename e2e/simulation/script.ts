import type { Scope } from "../../core/shared/scope";
import type { Availability } from "../../core/shared/terms";
import { Random } from "./random";

/** What befalls a tab, the network or the server, `at` milliseconds after the beginning. */
export type Action = { readonly at: number; readonly tab: number } & (
  | { readonly do: "input" | "scroll" | "hide" | "show" | "throttle" | "unthrottle" | "signOut" | "open" }
  | { readonly do: "stop" | "start" | "reconnect" | "refreshToken" }
  | { readonly do: "freeze" | "sleep"; readonly ms: number; readonly tells: boolean; readonly loses: boolean }
  | { readonly do: "cache" | "type"; readonly ms: number }
  | { readonly do: "reload"; readonly ms: number; readonly tells: boolean }
  | { readonly do: "close"; readonly how: "told" | "untold" | "vanished" }
  | { readonly do: "setClock"; readonly ms: number }
  | { readonly do: "cut"; readonly seenBy: "both" | "browser" | "server" | "neither" }
  | { readonly do: "hold"; readonly which: "up" | "down" | "both"; readonly ms: number }
  | { readonly do: "offline"; readonly ms: number; readonly tells: boolean; readonly loses: boolean }
  | { readonly do: "tokens"; readonly kind: "fails" | "slow" | "hangs"; readonly ms: number }
  | { readonly do: "hear"; readonly scope: Scope }
  | { readonly do: "choose"; readonly availability: Availability; readonly hideLastSeen: boolean }
  | { readonly do: "hibernate" | "alwaysHibernate" }
  | { readonly do: "crash"; readonly ms: number; readonly share: number; readonly seen: boolean }
  | { readonly do: "deploy"; readonly ms: number }
  | { readonly do: "stall"; readonly ms: number }
  | { readonly do: "lateAlarm"; readonly ms: number }
  | { readonly do: "setServerClock"; readonly ms: number }
);

export interface TabPlan {
  readonly user: string;
  readonly role: "member" | "admin";
  readonly observes: boolean;
  readonly clockAheadMs: number;
}

/** A whole world, from beginning to end: the same script goes the same way each time. */
export interface Script {
  readonly seed: number;
  readonly slowestMs: number;
  readonly tabs: readonly TabPlan[];
  readonly actions: readonly Action[];
  readonly forMs: number;
}

const USERS = ["ada", "ben", "cyd", "__proto__"];
const HOUR_MS = 3_600_000;

/** Makes up a script; `unitMs` is the heartbeat's interval, to which the faults are scaled. */
export function makeScript(seed: number, unitMs: number): Script {
  const random = new Random(seed);
  const tabs: TabPlan[] = [];
  for (let tab = random.whole(2, 4); tab > 0; tab -= 1) {
    const isAdmin = random.chance(0.2);
    tabs.push({
      user: random.pick(USERS),
      role: isAdmin ? "admin" : "member",
      observes: isAdmin && random.chance(0.5),
      clockAheadMs: random.pick([0, 0, 0, -3, 5]) * HOUR_MS + random.whole(-500, 500),
    });
  }
  const forMs = unitMs * random.whole(3, 8);
  // Many a world has few kinds of trouble: what hides behind others comes out there.
  const kinds = Array.from({ length: random.whole(2, 8) }, () => random.pick(KINDS));
  const actions: Action[] = [];
  for (let left = random.whole(3, 16); left > 0; left -= 1) {
    const base = { at: random.whole(0, forMs), tab: random.whole(0, tabs.length - 1) };
    actions.push(makeAction(random, random.pick(kinds), base, unitMs));
  }
  return {
    seed,
    slowestMs: random.pick([5, 40, 150]),
    tabs,
    actions: actions.toSorted((a, b) => a.at - b.at),
    forMs,
  };
}

const KINDS: readonly Action["do"][] = [
  ...(["input", "input", "input", "scroll", "type", "hide", "show", "throttle", "unthrottle"] as const),
  ...([
    "signOut",
    "open",
    "open",
    "stop",
    "start",
    "reconnect",
    "refreshToken",
    "freeze",
    "sleep",
    "cache",
  ] as const),
  ...(["reload", "reload", "close", "close", "setClock", "cut", "cut", "hold", "offline"] as const),
  ...(["tokens", "hibernate", "hibernate", "alwaysHibernate", "crash", "crash", "deploy", "hear"] as const),
  ...(["stall", "lateAlarm", "choose", "choose", "choose", "setServerClock", "setServerClock"] as const),
];

function makeAction(
  random: Random,
  kind: Action["do"],
  base: { at: number; tab: number },
  unitMs: number,
): Action {
  const long = (): number =>
    Math.round(unitMs * random.pick([0.05, 0.2, 0.5, 1, 2, 4, 8]) * (0.5 + random.next()));
  const short = (): number =>
    Math.round(unitMs * random.pick([0.01, 0.05, 0.1, 0.3]) * (0.5 + random.next()));
  switch (kind) {
    case "freeze":
    case "sleep":
    case "offline":
      return { ...base, do: kind, ms: long(), tells: random.chance(0.5), loses: random.chance(0.4) };
    case "cache":
    case "type":
      return { ...base, do: kind, ms: long() };
    case "reload":
      return { ...base, do: kind, ms: short(), tells: random.chance(0.7) };
    case "close":
      return { ...base, do: kind, how: random.pick(["told", "untold", "vanished"]) };
    case "setClock":
      return { ...base, do: kind, ms: random.pick([-1, 1]) * random.pick([2_000, 60_000, 2 * HOUR_MS]) };
    case "setServerClock": {
      const byMs = random.pick([0.02 * unitMs, 0.5 * unitMs, 1_000, 60_000, HOUR_MS, 24 * HOUR_MS]);
      return { ...base, do: kind, ms: random.pick([-1, 1]) * Math.round(byMs) };
    }
    case "cut":
      return { ...base, do: kind, seenBy: random.pick(["both", "browser", "server", "neither"]) };
    case "hold":
      return { ...base, do: kind, which: random.pick(["up", "down", "both"]), ms: long() };
    case "choose": {
      // Not away: what really happened, which the truth is made of, is the same whatever else is chosen.
      const availability = random.pick(["auto", "dnd", "invisible", "invisible"] as const);
      return { ...base, do: kind, availability, hideLastSeen: random.chance(0.3) };
    }
    case "hear":
      return { ...base, do: kind, scope: makeScope(random) };
    case "tokens":
      return { ...base, do: kind, kind: random.pick(["fails", "slow", "hangs"]), ms: long() };
    case "crash":
      return { ...base, do: kind, ms: short(), share: random.next(), seen: random.chance(0.8) };
    case "deploy":
      return { ...base, do: kind, ms: short() };
    case "stall":
    case "lateAlarm":
      return { ...base, do: kind, ms: random.pick([short(), long()]) };
    default:
      return { ...base, do: kind };
  }
}

function makeScope(random: Random): Scope {
  const kind = random.pick(["roster", "users", "users", "summary", "none"] as const);
  if (kind !== "users") return { kind };
  return { kind, ids: USERS.filter(() => random.chance(0.5)), counts: random.chance(0.5) };
}
