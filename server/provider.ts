import type { ClaimMapping } from "../core/shared/provider-claims";
import { ANY_ROOM } from "../core/shared/claims";
import { isRoomName } from "../core/shared/limits";
import { SettingError } from "../core/shared/settings";

/** An identity provider whose tokens open rooms beside the app's own (SE1). */
export interface Provider {
  /** Where its public keys are. */
  readonly jwksUrl: string;
  /** The claims `iss` and `aud` of its tokens. */
  readonly issuer: string;
  readonly audience: string;
  /** The longest lifetime of its tokens, in seconds. */
  readonly maxLifetimeS: number;
  readonly mapping: ClaimMapping;
}

const DEFAULT_LIFETIME_MS = 86_400_000;
const SHORTEST_LIFETIME_MS = 60_000;
const LONGEST_LIFETIME_MS = 30 * 86_400_000;

/** Settings that have no effect unless a provider is set. */
const OF_PROVIDER = [
  "ROLLCALL_TOKEN_ISSUER",
  "ROLLCALL_TOKEN_AUDIENCE",
  "ROLLCALL_TOKEN_LIFETIME_MS",
  "ROLLCALL_NAME_CLAIM",
  "ROLLCALL_ROOMS_CLAIM",
  "ROLLCALL_DEFAULT_ROOMS",
  "ROLLCALL_ROLE_CLAIM",
  "ROLLCALL_ADMIN_VALUE",
];

/**
 * Reads the settings of the identity provider; null when there is none.
 * @throws {SettingError} that names the environment variable which cannot work.
 */
export function readProvider(env: Readonly<Record<string, unknown>>): Provider | null {
  const jwksUrl = text(env, "ROLLCALL_JWKS_URL");
  if (jwksUrl === null) {
    const set = OF_PROVIDER.find((variable) => text(env, variable) !== null);
    if (set !== undefined)
      throw new SettingError("ROLLCALL_JWKS_URL", `is missing: ${set} needs an identity provider`);
    return null;
  }
  if (!isKeyAddress(jwksUrl))
    throw new SettingError("ROLLCALL_JWKS_URL", "must be an https address, or an http one of this machine");
  return {
    jwksUrl,
    issuer: needed(env, "ROLLCALL_TOKEN_ISSUER"),
    audience: needed(env, "ROLLCALL_TOKEN_AUDIENCE"),
    maxLifetimeS: readLifetimeMs(env) / 1_000,
    mapping: {
      name: text(env, "ROLLCALL_NAME_CLAIM"),
      rooms: text(env, "ROLLCALL_ROOMS_CLAIM") ?? "rooms",
      defaultRooms: readRooms(env),
      admin: readAdmin(env),
    },
  };
}

/** Whether the keys come over https or from this machine. An attacker who can change them can sign in as anybody. */
function isKeyAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return (
    protocol === "https:" ||
    (protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
  );
}

function readLifetimeMs(env: Readonly<Record<string, unknown>>): number {
  const given = text(env, "ROLLCALL_TOKEN_LIFETIME_MS");
  if (given === null) return DEFAULT_LIFETIME_MS;
  const value = Number(given);
  if (Number.isInteger(value) && value >= SHORTEST_LIFETIME_MS && value <= LONGEST_LIFETIME_MS) return value;
  const problem = `must be whole milliseconds from ${SHORTEST_LIFETIME_MS} to ${LONGEST_LIFETIME_MS}, not ${given}`;
  throw new SettingError("ROLLCALL_TOKEN_LIFETIME_MS", problem);
}

function readRooms(env: Readonly<Record<string, unknown>>): readonly string[] {
  const given = text(env, "ROLLCALL_DEFAULT_ROOMS");
  if (given === null) return [];
  const rooms = given.split(",").map((room) => room.trim());
  const wrong = rooms.find((room) => room !== ANY_ROOM && !isRoomName(room));
  if (wrong === undefined) return rooms;
  throw new SettingError(
    "ROLLCALL_DEFAULT_ROOMS",
    `must be rooms' names with commas between them, or *: not "${wrong}"`,
  );
}

function readAdmin(env: Readonly<Record<string, unknown>>): ClaimMapping["admin"] {
  const claim = text(env, "ROLLCALL_ROLE_CLAIM");
  const value = text(env, "ROLLCALL_ADMIN_VALUE");
  if (claim === null && value === null) return null;
  if (claim === null)
    throw new SettingError(
      "ROLLCALL_ROLE_CLAIM",
      "is missing: ROLLCALL_ADMIN_VALUE has to be the value of a claim",
    );
  if (value === null)
    throw new SettingError(
      "ROLLCALL_ADMIN_VALUE",
      "is missing: it says which value of ROLLCALL_ROLE_CLAIM is an admin's",
    );
  return { claim, value };
}

function needed(env: Readonly<Record<string, unknown>>, variable: string): string {
  const value = text(env, variable);
  if (value === null)
    throw new SettingError(variable, "is missing: tokens of a provider are not taken without it");
  return value;
}

/** A variable's text; null when it is not set, or empty. */
function text(env: Readonly<Record<string, unknown>>, variable: string): string | null {
  const value = env[variable];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
