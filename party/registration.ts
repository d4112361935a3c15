import type * as Party from "partykit/server";
import { DIRECTORY_ROOM } from "./directory-address";
import { readSettings } from "./settings";

const REGISTERED_KEY = "registered";

/** Rooms of this instance that are known to be registered, so that storage is asked once. */
const registered = new WeakSet<Party.Room>();

/**
 * Tells the directory once that this room exists. Whatever fails is tried again with the next connection:
 * after an alarm has woken the room, the platform does not let it see other parties.
 */
export async function registerRoom(party: Party.Room, name: string): Promise<void> {
  if (registered.has(party)) return;
  try {
    registered.add(party);
    if (await party.storage.get<boolean>(REGISTERED_KEY)) return;
    const directory = party.context.parties["directory"];
    if (!directory) throw new Error("there is no directory party");
    const { apiKey } = readSettings(party.env);
    const answer = await directory.get(DIRECTORY_ROOM).fetch(`/rooms/${name}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${apiKey}` },
    });
    if (!answer.ok) throw new Error(`the directory answered ${answer.status}`);
    await party.storage.put(REGISTERED_KEY, true);
  } catch {
    registered.delete(party);
  }
}
