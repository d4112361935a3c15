import { limitVariable, readLimits, type Limits } from "../core/shared/limits";
import { DEFAULT_TIMINGS, validateTimings, type Timings } from "../core/shared/timings";
import { readNumbers, SettingError, variableOf } from "../core/shared/settings";
import { readProvider, type Provider } from "./provider";

/** The receiver of status changes, and the secret (`whsec_…`) of their signatures. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** The settings of the room server, from the environment. */
export interface Settings {
  readonly timings: Timings;
  /** Rooms with more users are sent in pages (VW2). */
  readonly rosterLimit: number;
  /** The limits of clients (SE4). */
  readonly limits: Limits;
  /** How long status changes are kept (DB3). */
  readonly historyDays: number;
  /** How long absent users are kept (DB3). */
  readonly retentionDays: number;
  /** How long absent guests are kept, in milliseconds (DB3). */
  readonly guestRetentionMs: number;
  /** The receiver of status changes; null without one. */
  readonly webhook: WebhookTarget | null;
  /** The HS256 secret of tokens, at least 32 characters. */
  readonly tokenSecret: string;
  /** The provider whose tokens are accepted besides those signed with the secret; null without one. */
  readonly provider: Provider | null;
  /** The bearer key of the HTTP API, at least 32 characters. */
  readonly apiKey: string;
  /** Where every room of several processes can be asked; null for one process. */
  readonly roomsUrl: string | null;
}

const SHORTEST_SECRET = 32;
const DAY_MS = 24 * 3_600_000;

/**
 * Reads and checks the settings (HB8).
 * @throws {SettingError} that names the environment variable which cannot work
 */
export function readSettings(env: Readonly<Record<string, unknown>>): Settings {
  const timings = readTimings(env);
  const limits = readLimits(env);
  // A client that only answers pings must not exceed the limit.
  const least = Math.ceil(1_000 / timings.intervalMs);
  if (limits.messagesPerSecond < least) {
    const problem = `must be at least ${least}: so often a client answers the heartbeats`;
    throw new SettingError(limitVariable("messagesPerSecond"), problem);
  }
  return {
    timings,
    limits,
    rosterLimit: whole(env, "ROLLCALL_ROSTER_LIMIT", 2_000, 100_000, "users"),
    historyDays: whole(env, "ROLLCALL_HISTORY_DAYS", 30, 3_650, "days"),
    retentionDays: whole(env, "ROLLCALL_RETENTION_DAYS", 365, 3_650, "days"),
    guestRetentionMs: whole(env, "ROLLCALL_GUEST_RETENTION_MS", DAY_MS, 3_650 * DAY_MS, "milliseconds"),
    webhook: readWebhook(env),
    tokenSecret: secret(env, "ROLLCALL_TOKEN_SECRET"),
    provider: readProvider(env),
    apiKey: secret(env, "ROLLCALL_API_KEY"),
    roomsUrl: httpAddress(env, "ROLLCALL_ROOMS_URL")?.replace(/\/+$/, "") ?? null,
  };
}

function readTimings(env: Readonly<Record<string, unknown>>): Timings {
  try {
    return validateTimings(readNumbers<keyof Timings>(env, DEFAULT_TIMINGS, variableOf));
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new SettingError(variableOf(error.setting), withVariableNames(error.problem));
  }
}

/** Replaces the names of timings in a problem by their variables, which the operator sets. */
function withVariableNames(problem: string): string {
  const names = Object.keys(DEFAULT_TIMINGS).join("|");
  return problem.replace(new RegExp(`\\b(?:${names})\\b`, "g"), (name) => variableOf(name));
}

function readWebhook(env: Readonly<Record<string, unknown>>): WebhookTarget | null {
  const url = httpAddress(env, "ROLLCALL_WEBHOOK_URL");
  if (url === null) return null;
  const key = env["ROLLCALL_WEBHOOK_SECRET"];
  // Standard Webhooks requires at least 24 bytes, which are 32 characters of base64.
  if (typeof key !== "string" || !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(key)) {
    throw new SettingError("ROLLCALL_WEBHOOK_SECRET", "must be whsec_ and at least 24 bytes in base64");
  }
  return { url, secret: key };
}

function httpAddress(env: Readonly<Record<string, unknown>>, variable: string): string | null {
  const url = env[variable];
  if (url === undefined || url === "") return null;
  if (typeof url !== "string" || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new SettingError(variable, "must be an http or https address");
  return url;
}

/** A number from 1 to `most` of something. */
function whole(
  env: Readonly<Record<string, unknown>>,
  variable: string,
  fallback: number,
  most: number,
  unit: string,
): number {
  const given = env[variable];
  if (given === undefined || given === "") return fallback;
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new SettingError(
    variable,
    `must be a whole number of ${unit} from 1 to ${most}, not ${String(given)}`,
  );
}

function secret(env: Readonly<Record<string, unknown>>, variable: string): string {
  const value = env[variable];
  if (typeof value !== "string" || value === "") throw new SettingError(variable, "is missing");
  if (value.length < SHORTEST_SECRET) {
    throw new SettingError(
      variable,
      `must have at least ${SHORTEST_SECRET} characters, it has ${value.length}`,
    );
  }
  return value;
}
