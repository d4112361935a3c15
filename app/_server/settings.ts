import { readLimits } from "../../core/limits";

/** A setting that this server cannot do without. The message is for whoever runs it. */
export class SettingError extends Error {
  constructor(readonly setting: string) {
    super(`${setting} is not set: put it into .env.local, or let \`npm start\` make one.`);
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
