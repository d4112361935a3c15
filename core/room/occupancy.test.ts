import { expect, test } from "vitest";
import { exceededLimit } from "./occupancy";
import { step } from "./step";
import { createRoom, type Room } from "./room";
import { DEFAULT_TIMINGS } from "../shared/timings";

const LIMITS = { connectionsPerUser: 2, connectionsPerRoom: 3, usersPerRoom: 2 };

/** A room with these connections, each `user/client`; an asterisk marks an observer. */
function roomWith(...connections: string[]): Room {
  const room = createRoom(DEFAULT_TIMINGS);
  for (const each of connections) {
    const { userId, ...rest } = newcomer(each);
    const connection = { id: each, userId, sessionId: null, device: "test", ...rest };
    const profile = { id: userId, name: userId, picture: null };
    step(room, { type: "connect", connection, profile, activity: { idleMs: 0, hiddenMs: null } }, 1);
  }
  return room;
}

function newcomer(text: string) {
  const [userId = "", clientId = ""] = text.replace("*", "").split("/");
  return { userId, clientId, observer: text.startsWith("*") };
}

test.each<[string, string[], string, ReturnType<typeof exceededLimit>]>([
  ["the first", [], "ada/1", null],
  ["a second tab", ["ada/1"], "ada/2", null],
  ["one tab too many", ["ada/1", "ada/2"], "ada/3", "connectionsPerUser"],
  ["another user", ["ada/1", "ada/2"], "ben/1", null],
  ["one too many for the room", ["ada/1", "ada/2", "ben/1"], "cleo/1", "connectionsPerRoom"],
  [
    "a user over both limits, told about their own",
    ["ada/1", "ada/2", "ben/1"],
    "ada/3",
    "connectionsPerUser",
  ],
  ["one observer too many", ["*root/1", "*root/2"], "*root/3", "connectionsPerUser"],
  ["a new user in a room with the most users", ["ada/1", "ben/1"], "cleo/1", "usersPerRoom"],
  ["a user whom the room knows", ["ada/1", "ben/1"], "ben/2", null],
  ["an observer of such a room", ["ada/1", "ben/1"], "*root/1", null],
  ["an observer who is present as well", ["root/1", "root/2"], "*root/3", null],
])("[SE4] %s", (_, there, next, verdict) => {
  expect(exceededLimit(roomWith(...there), newcomer(next), LIMITS)).toBe(verdict);
});

test.each(["ada/1", "*root/1"])("[CN2 SE4] %s returns to a full room in its own place", (who) => {
  const room = roomWith("ada/1", "ada/2", "*root/1");
  expect(exceededLimit(room, newcomer(who), LIMITS)).toBeNull();
});
