/** A setting that cannot work. `setting` names it, `problem` says what is wrong with its value. */
export class SettingError extends Error {
  constructor(
    readonly setting: string,
    readonly problem: string,
  ) {
    super(`${setting} ${problem}`);
    this.name = "SettingError";
  }
}

/** The environment variable of a setting: `retryMs` is `ROLLCALL_RETRY_MS`. */
export function variableOf(setting: string, prefix = "ROLLCALL_"): string {
  return prefix + setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Reads one number for each default. A variable that is missing or empty gets its default. Checks no ranges. */
export function readNumbers<Names extends string>(
  env: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<Names, number>>,
  nameOf: (setting: string) => string,
): Record<Names, number> {
  const numbers: Record<Names, number> = { ...defaults };
  for (const setting of Object.keys(defaults) as Names[]) {
    const given = env[nameOf(setting)];
    if (given !== undefined && given !== "") numbers[setting] = numberOf(given);
  }
  return numbers;
}

/** `Number()` throws for a symbol or an object without a primitive value, so only text and numbers are converted. */
function numberOf(given: unknown): number {
  return typeof given === "string" || typeof given === "number" ? Number(given) : Number.NaN;
}

/** @throws {SettingError} when the value is not a whole number from `least` to `most` */
export function requireWhole(
  setting: string,
  value: unknown,
  least: number,
  most: number,
  unit: string,
): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return;
  // `String()` throws for some objects.
  const shown = typeof value === "object" && value !== null ? "an object" : String(value);
  throw new SettingError(setting, `must be a whole number of ${unit} from ${least} to ${most}, not ${shown}`);
}
