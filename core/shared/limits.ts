import { readNumbers, requireWhole, variableOf } from "./settings";

/** Limits on what clients send and on how many there may be (SE4). Each is a setting. */
export interface Limits {
  /** UTF-16 code units of one message from a client; a watch list must fit in one. */
  readonly messageLength: number;
  /** Messages a connection may send per second, averaged over its burst. */
  readonly messagesPerSecond: number;
  /** Messages a connection may send at once before the rate counts. */
  readonly messageBurst: number;
  /** Invalid messages of one connection; the last of them closes it. */
  readonly failures: number;
  /** Live connections of one user in a room. */
  readonly connectionsPerUser: number;
  /** Live connections of a room. */
  readonly connectionsPerRoom: number;
  /** Users that a room may know, offline users included. */
  readonly usersPerRoom: number;
  /** UTF-16 code units sent to a connection that it may leave unread. */
  readonly unreadLength: number;
  /** Ids in one request or watch list. */
  readonly watchedIds: number;
  /** Code points of a status message's text. */
  readonly statusLength: number;
  /** Code points of a user's name. */
  readonly nameLength: number;
  /** Characters of a picture's URL. */
  readonly pictureLength: number;
}

export const DEFAULT_LIMITS: Limits = {
  messageLength: 65_536,
  messagesPerSecond: 10,
  messageBurst: 40,
  failures: 5,
  connectionsPerUser: 50,
  connectionsPerRoom: 20_000,
  usersPerRoom: 50_000,
  unreadLength: 4 * 1_024 * 1_024,
  watchedIds: 1_000,
  statusLength: 80,
  nameLength: 80,
  pictureLength: 1_024,
};

/**
 * UTF-16 code units of a user id, a client id or a session id. Not a setting, because ids and the device's label are
 * stored in each socket's attachment, which holds about 1.9 KB.
 */
export const ID_LENGTH = 128;

/** The longest duration that a client can report: one year, in milliseconds. Not a setting. */
export const LONGEST_DURATION_MS = 365 * 24 * 3_600_000;

/** UTF-16 code units of a device's label, for the same reason as `ID_LENGTH`. */
export const DEVICE_LENGTH = 64;

/** The range of each setting. The upper bounds are what the platform, or one header of a request, can carry. */
const RANGES: Readonly<Record<keyof Limits, readonly [least: number, most: number, unit: string]>> = {
  messageLength: [512, 1_000_000, "characters"],
  messagesPerSecond: [1, 10_000, "messages"],
  messageBurst: [5, 100_000, "messages"],
  failures: [1, 1_000, "messages"],
  connectionsPerUser: [1, 32_000, "connections"],
  connectionsPerRoom: [1, 32_000, "connections"],
  usersPerRoom: [1, 200_000, "users"],
  unreadLength: [10_000, 100_000_000, "characters"],
  watchedIds: [1, 10_000, "ids"],
  statusLength: [1, 500, "characters"],
  nameLength: [16, 256, "characters"],
  pictureLength: [64, 2_048, "characters"],
};

/** The environment variable of a limit: `nameLength` is `ROLLCALL_MAX_NAME_LENGTH`. */
export function limitVariable(name: string): string {
  return variableOf(name, "ROLLCALL_MAX_");
}

/**
 * Reads the limits from an environment. A variable that is missing or empty has its default.
 * @throws {SettingError} that names the first variable which cannot work (SE4, HB8)
 */
export function readLimits(env: Readonly<Record<string, unknown>>): Limits {
  const limits = readNumbers<keyof Limits>(env, DEFAULT_LIMITS, limitVariable);
  for (const [name, [least, most, unit]] of Object.entries(RANGES)) {
    requireWhole(limitVariable(name), limits[name as keyof Limits], least, most, unit);
  }
  return limits;
}

/** Room names are plain because they travel in URLs, storage keys and logs. */
const ROOM_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** The rule of room names, for people. */
export const ROOM_NAME_RULE =
  "A room's name has 1 to 64 letters, digits, _ or -, the first a letter or digit.";

/** Whether `name` is a valid room name: 1 to 64 letters, digits, `_` or `-`, the first a letter or digit. */
export function isRoomName(name: string): boolean {
  return ROOM_NAME.test(name);
}
