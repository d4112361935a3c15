/** What a client may send, and how much of it (SE4). */

export interface Limits {
  /** Characters of a user id, a client id or a session id. */
  readonly idLength: number;
  /** Characters of a user's name. */
  readonly nameLength: number;
  /** Characters of a picture's URL. */
  readonly pictureLength: number;
  /** Characters of a device label. */
  readonly deviceLength: number;
  /** Ids of a watch list (VW1). */
  readonly watchedIds: number;
  /** UTF-16 code units that a connection may leave unread before it is cut. */
  readonly unreadLength: number;
  /** UTF-16 code units of one message from a client; a whole watch list must fit in. */
  readonly messageLength: number;
  /** Messages a connection may send per second, averaged over its burst. */
  readonly messagesPerSecond: number;
  /** Messages a connection may send at once before the rate counts. */
  readonly messageBurst: number;
  /** Messages of a connection that may fail before it is closed. */
  readonly failures: number;
  /** Live connections of one user. */
  readonly connectionsPerUser: number;
  /** Live connections of a room. */
  readonly connectionsPerRoom: number;
}

export const DEFAULT_LIMITS: Limits = {
  idLength: 128,
  nameLength: 80,
  pictureLength: 1_024,
  deviceLength: 64,
  watchedIds: 1_000,
  unreadLength: 4 * 1_024 * 1_024,
  messageLength: 65_536,
  messagesPerSecond: 10,
  messageBurst: 40,
  failures: 5,
  connectionsPerUser: 50,
  connectionsPerRoom: 20_000,
};

/** Room names travel in URLs, keys and logs, so they are plain. */
const ROOM_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Whether `name` can be a room: 1 to 64 letters, digits, `_` or `-`, the first a letter or digit. */
export function isRoomName(name: string): boolean {
  return ROOM_NAME.test(name);
}
