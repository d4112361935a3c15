import { sameChoices, withChoices, type SomeChoices } from "../shared/choices";
import { refresh, type Changes, type Room } from "./room";
import type { User } from "./status";
import type { Choices } from "../shared/terms";

/** A user chooses, on any of their connections, for all of them. What is left out stays as it is. */
export interface ChooseEvent {
  readonly type: "choose";
  readonly connectionId: string;
  readonly choices: SomeChoices;
}

/** Takes what a user chose (ST3, ST4, PR2, PR3). Who only observes has nothing to choose for. */
export function choose(
  room: Room,
  { connectionId, choices }: ChooseEvent,
  now: number,
  changes: Changes,
): void {
  const connection = room.connections.get(connectionId);
  if (!connection || connection.observer) return;
  const user = room.users.get(connection.userId);
  // It may have been chosen long ago, by a page that was cut off.
  if (!user) return;
  const wall = room.clock.wallAt(now);
  become(room, user, stillValid(withChoices(user.choices, choices), wall), now, changes);
}

/** Ends what a user chose for a time that is up (ST3, ST4). */
export function expireChoices(room: Room, user: User, now: number, changes: Changes): void {
  const wall = room.clock.wallAt(now);
  if (wall >= choicesUntilAt(user.choices)) become(room, user, stillValid(user.choices, wall), now, changes);
}

/** Ends what has expired in a room that had nobody in it, and so no alarm (HB4, ST4). */
export function expireAllChoices(room: Room, now: number, changes: Changes): void {
  for (const user of room.users.values()) expireChoices(room, user, now, changes);
}

/** When the first of the choices ends, by the wall clock (TM2); Infinity for never. */
export function choicesUntilAt({ availabilityUntilAt, message }: Choices): number {
  return Math.min(availabilityUntilAt ?? Infinity, message?.untilAt ?? Infinity);
}

function become(room: Room, user: User, choices: Choices, now: number, changes: Changes): void {
  if (sameChoices(user.choices, choices)) return;
  if (choices.availability !== user.choices.availability) user.choseAt = now;
  user.choices = choices;
  changes.chosen.add(user.profile.id);
  refresh(room, user, now, changes);
}

/** The choices without what has ended when the wall clock shows `wall` (ST3, ST4, TM2). */
export function stillValid(choices: Choices, wall: number): Choices {
  const { availabilityUntilAt, message } = choices;
  return withChoices(choices, {
    ...(wall >= (availabilityUntilAt ?? Infinity) && { availability: "auto" }),
    ...(wall >= (message?.untilAt ?? Infinity) && { message: null }),
  });
}
