import { readLimits } from "../../core/shared/limits";

/** A setting that this server cannot do without, or cannot work with. The message is for whoever runs it. */
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
 * A secret from the environment, read when it is needed: it is not known when the app is built.
 * @throws {SettingError} when it is not set
 */
export function secret(name: SecretName): string {
  const value = process.env[name];
  if (!value) throw new SettingError(name);
  return value;
}

/** How many UTF-16 code units a name may have, as the room server has it (SE4). */
export function nameLength(): number {
  return readLimits(process.env).nameLength;
}

/** How many UTF-16 code units a status message may have, as the room server has it (SE4). */
export function statusLength(): number {
  return readLimits(process.env).statusLength;
}

/** Whether an identity provider's users are let in (SE1). Its tokens are the room server's to judge. */
export function hasProvider(): boolean {
  return Boolean(process.env["ROLLCALL_JWKS_URL"]);
}

/**
 * Whether anybody may enter who picks a name. Where there is an identity provider that has to be asked for.
 * @throws {SettingError} when the setting is neither `on` nor `off`
 */
export function guestsAllowed(): boolean {
  const value = process.env["ROLLCALL_GUESTS"] || (hasProvider() ? "off" : "on");
  if (value !== "on" && value !== "off")
    throw new SettingError("ROLLCALL_GUESTS", `must be on or off, not "${value}".`);
  return value === "on";
}

/**
 * Where the users of a provider sign in; null when this app is not told.
 * @throws {SettingError} when it is no address that a page may lead to
 */
export function signInUrl(): string | null {
  const value = process.env["ROLLCALL_SIGN_IN_URL"];
  if (!value) return null;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new SettingError("ROLLCALL_SIGN_IN_URL", "must be an http or https address.");
  return value;
}

/**
 * How many proxies of one's own stand before this app and write `X-Forwarded-For`; 0 when none does, and what a client
 * writes there counts for nothing.
 * @throws {SettingError} when it is no such number
 */
export function trustedProxies(): number {
  const value = process.env["ROLLCALL_TRUSTED_PROXIES"] || "0";
  if (/^(\d|10)$/.test(value)) return Number(value);
  throw new SettingError("ROLLCALL_TRUSTED_PROXIES", `must be a whole number from 0 to 10, not "${value}".`);
}
