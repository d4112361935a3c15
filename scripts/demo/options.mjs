import { parseArgs } from "node:util";

const ROOM = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export const USAGE = `npm run demo -- [options]

  --people N   how many (150)
  --room NAME  where; may be repeated. The first has everybody (lobby, design, support, standup-monday)
  --seed N     the same seed, the same people doing the same things (1)
  --pace N     1 is real time; 20 is livelier (1)
  --anywhere   also when ROLLCALL_HOST is no loopback address`;

/** An invalid argument on the command line. */
export class UsageError extends Error {}

/** @param {string[]} args */
export function readOptions(args) {
  const { values } = parse(args);
  const { help = false, anywhere = false } = values;
  const rooms = values.room ?? ["lobby", "design", "support", "standup-monday"];
  for (const room of rooms)
    if (!ROOM.test(room)) throw new UsageError(`--room: "${room}" cannot be the name of a room.`);
  return {
    help,
    anywhere,
    rooms,
    people: number("people", values.people ?? "150", 1, 5_000),
    seed: number("seed", values.seed ?? "1", 0, 2 ** 31),
    pace: number("pace", values.pace ?? "1", 1, 100),
  };
}

/** @param {string[]} args */
function parse(args) {
  const text = { type: /** @type {const} */ ("string") };
  const flag = { type: /** @type {const} */ ("boolean") };
  try {
    return parseArgs({
      args,
      options: {
        people: text,
        room: { ...text, multiple: true },
        seed: text,
        pace: text,
        anywhere: flag,
        help: { ...flag, short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** @param {string} name @param {string} given @param {number} least @param {number} most */
function number(name, given, least, most) {
  const value = Number(given);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}: not "${given}".`);
}
