/** The environment variable of a setting: `retryMs` is `ROLLCALL_RETRY_MS`. */
export function variableOf(setting: string, prefix = "ROLLCALL_"): string {
  return prefix + setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Reads as many numbers as there are defaults, which hold for what is not set, or empty. Judges none of them. */
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

/** What a variable says; not everything can be made a number, and then it is none. */
function numberOf(given: unknown): number {
  return typeof given === "string" || typeof given === "number" ? Number(given) : Number.NaN;
}
