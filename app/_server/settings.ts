import { readLimits } from "../../core/shared/limits";

/** A setting that is missing or cannot work. The message is for the operator. */
export class SettingError extends Error {
  constructor(
    readonly setting: string,
    problem = "is not set: put it into .env.local, or let `npm start` make one.",
  ) {
    super(`${setting} ${problem}`);
    this.name = "SettingError";
  }
}

export type SecretName =
  | "ROLLCALL_TOKEN_SECRET"
  | "ROLLCALL_SESSION_SECRET"
  | "ROLLCALL_ADMIN_PASSWORD"
  | "ROLLCALL_API_KEY";

/**
 * Reads a secret from the environment. Call it when the secret is needed: it is not known when the app is built.
 * @throws {SettingError} if it is not set
 */
export function secret(name: SecretName): string {
  const value = process.env[name];
  if (!value) throw new SettingError(name);
  return value;
}

/** The longest name in UTF-16 code units, as in the room server (SE4). */
export function nameLength(): number {
  return readLimits(process.env).nameLength;
}

/** The longest status message in UTF-16 code units, as in the room server (SE4). */
export function statusLength(): number {
  return readLimits(process.env).statusLength;
}

/** Whether an identity provider's users may sign in (SE1). The room server judges their tokens. */
export function hasProvider(): boolean {
  return Boolean(process.env["ROLLCALL_JWKS_URL"]);
}

/**
 * Whether anybody may enter as a guest. With an identity provider this has to be turned on.
 * @throws {SettingError} if the setting is neither `on` nor `off`
 */
export function guestsAllowed(): boolean {
  const value = process.env["ROLLCALL_GUESTS"] || (hasProvider() ? "off" : "on");
  if (value !== "on" && value !== "off")
    throw new SettingError("ROLLCALL_GUESTS", `must be on or off, not "${value}".`);
  return value === "on";
}

/**
 * The address where a provider's users sign in; null if it is not set.
 * @throws {SettingError} if a page cannot link to it
 */
export function signInUrl(): string | null {
  const value = process.env["ROLLCALL_SIGN_IN_URL"];
  if (!value) return null;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new SettingError("ROLLCALL_SIGN_IN_URL", "must be an http or https address.");
  return value;
}

/**
 * How many trusted proxies in front of this app write `X-Forwarded-For`. With 0 the header is ignored, because clients
 * can write it.
 * @throws {SettingError} if it is not such a number
 */
export function trustedProxies(): number {
  const value = process.env["ROLLCALL_TRUSTED_PROXIES"] || "0";
  if (/^(\d|10)$/.test(value)) return Number(value);
  throw new SettingError("ROLLCALL_TRUSTED_PROXIES", `must be a whole number from 0 to 10, not "${value}".`);
}
