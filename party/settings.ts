import { DEFAULT_TIMINGS, SettingError, validateTimings, type Timings } from "../core/timings";

/** Everything that the environment decides about the room server. */
export interface Settings {
  readonly timings: Timings;
  /** HS256 secret that tokens are signed with, at least 32 characters. */
  readonly tokenSecret: string;
  /** Bearer key of the HTTP API, at least 32 characters. */
  readonly apiKey: string;
}

const SHORTEST_SECRET = 32;

let cached: Settings | undefined;

/**
 * Reads and checks the settings (HB8). They cannot change while the server runs, so this is done once.
 * @throws {SettingError} that names the environment variable which cannot work.
 */
export function readSettings(env: Record<string, unknown>): Settings {
  cached ??= {
    timings: readTimings(env),
    tokenSecret: secret(env, "ROLLCALL_TOKEN_SECRET"),
    apiKey: secret(env, "ROLLCALL_API_KEY"),
  };
  return cached;
}

/** The environment variable of a timing: `retryMs` is `ROLLCALL_RETRY_MS`. */
export function variableOf(setting: string): string {
  return `ROLLCALL_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function readTimings(env: Record<string, unknown>): Timings {
  const timings: Record<string, number> = {};
  for (const [name, value] of Object.entries(DEFAULT_TIMINGS)) {
    const given = env[variableOf(name)];
    timings[name] = given === undefined || given === "" ? value : Number(given);
  }
  try {
    return validateTimings(timings as unknown as Timings);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new SettingError(variableOf(error.setting), withVariableNames(error.problem));
  }
}

/** Problems mention other timings by their names; whoever reads them set variables. */
function withVariableNames(problem: string): string {
  const names = Object.keys(DEFAULT_TIMINGS).join("|");
  return problem.replace(new RegExp(`\\b(?:${names})\\b`, "g"), variableOf);
}

function secret(env: Record<string, unknown>, variable: string): string {
  const value = env[variable];
  if (typeof value !== "string" || value === "") throw new SettingError(variable, "is missing");
  if (value.length < SHORTEST_SECRET) {
    throw new SettingError(variable, `must have at least ${SHORTEST_SECRET} characters, it has ${value.length}`);
  }
  return value;
}
