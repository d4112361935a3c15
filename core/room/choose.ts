import { sameChoices, withChoices, type SomeChoices } from "../shared/choices";
import { refresh, type Changes, type Room } from "./room";
import type { UserState } from "./status";
import type { Choices } from "../shared/terms";

/** A user chooses on one connection, for all of them. Choices that are left out stay as they are. */
export interface ChooseEvent {
  readonly type: "choose";
  readonly connectionId: string;
  readonly choices: SomeChoices;
}

/** Applies what a user chose (ST3, ST4, PR2, PR3). An observer cannot choose. */
export function choose(
  room: Room,
  { connectionId, choices }: ChooseEvent,
  now: number,
  changes: Changes,
): void {
  const connection = room.connections.get(connectionId);
  if (!connection || connection.observer) return;
  const user = room.users.get(connection.userId);
  if (!user) return;
  // A page that was offline may send a choice that has expired since.
  const wall = room.clock.wallAt(now);
  setChoices(room, user, withoutExpired(withChoices(user.choices, choices), wall), now, changes);
}

/** The instant at which the user's next choice expires, by the room's clock; Infinity for never (ST3, ST4). */
export function choicesExpireAt(room: Room, user: UserState): number {
  // An empty room has no alarm (HB4). Its choices expire when somebody comes in.
  if (room.connections.size === 0) return Infinity;
  const untilAt = choicesUntilAt(user.choices);
  return untilAt === Infinity ? Infinity : room.clock.roomAt(untilAt);
}

/** Ends the choices of all users that have expired (ST3, ST4). */
export function expireChoices(room: Room, now: number, changes: Changes): void {
  const wall = room.clock.wallAt(now);
  for (const user of room.users.values()) {
    if (wall >= choicesUntilAt(user.choices))
      setChoices(room, user, withoutExpired(user.choices, wall), now, changes);
  }
}

function choicesUntilAt({ availabilityUntilAt, message }: Choices): number {
  return Math.min(availabilityUntilAt ?? Infinity, message?.untilAt ?? Infinity);
}

function setChoices(room: Room, user: UserState, choices: Choices, now: number, changes: Changes): void {
  if (sameChoices(user.choices, choices)) return;
  if (choices.availability !== user.choices.availability) user.choseAt = now;
  user.choices = choices;
  changes.chosen.add(user.profile.id);
  refresh(room, user, now, changes);
}

/** The choices without those that have expired when the wall clock shows `wall` (ST3, ST4, TM2). */
export function withoutExpired(choices: Choices, wall: number): Choices {
  const { availabilityUntilAt, message } = choices;
  return withChoices(choices, {
    ...(wall >= (availabilityUntilAt ?? Infinity) && { availability: "auto" }),
    ...(wall >= (message?.untilAt ?? Infinity) && { message: null }),
  });
}
