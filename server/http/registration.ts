import type * as Party from "partykit/server";
import { DIRECTORY_ROOM } from "./directory-address";
import { readSettings } from "../settings";

type Parties = Party.Context["parties"];

/** The edge's way to other parties: the platform shows none to a room that an alarm has woken. */
let edgeParties: Parties | null = null;

/** What each room of this instance has told the directory, or is telling it: one thing after the other. */
const told = new WeakMap<Party.Room, { isRegistered: boolean; done: Promise<void> }>();

/** Keeps the edge's way to other parties. */
export function rememberParties(parties: Parties): void {
  edgeParties ??= parties;
}

/**
 * Tells the directory that this room exists, once each time that the room wakes: the directory may have lost its file
 * meanwhile (OP3). Whatever fails is tried again with the next connection. `onKnown` is called if the directory knew it.
 */
export function registerRoom(party: Party.Room, name: string, onKnown: () => void): void {
  const before = told.get(party);
  if (before?.isRegistered) return;
  const state = { isRegistered: true, done: (before?.done ?? Promise.resolve()).then(register) };
  told.set(party, state);

  async function register(): Promise<void> {
    try {
      const answer = await askDirectory(party, name, "PUT");
      if (!answer.ok) throw new Error(`the directory answered ${answer.status}`);
      // The room may have been deleted meanwhile.
      if (state.isRegistered && answer.status === 200) onKnown();
    } catch {
      state.isRegistered = false;
    }
  }
}

/** Tells the directory that this room keeps nothing any more. Whoever lists the rooms finds out what fails here. */
export function unregisterRoom(party: Party.Room, name: string): Promise<void> {
  const before = told.get(party);
  if (before) before.isRegistered = false;
  const done = (before?.done ?? Promise.resolve()).then(async () => {
    await askDirectory(party, name, "DELETE").catch(() => null);
  });
  told.set(party, { isRegistered: false, done });
  return done;
}

/** Whether the directory knows the room. @throws when it does not answer */
export async function isRegistered(parties: Parties, name: string, apiKey: string): Promise<boolean> {
  const answer = await ask(parties, name, "GET", apiKey);
  if (answer.ok || answer.status === 404) return answer.ok;
  throw new Error(`the directory answered ${answer.status}`);
}

async function askDirectory(party: Party.Room, name: string, method: string): Promise<Response> {
  return await ask(edgeParties ?? party.context.parties, name, method, readSettings(party.env).apiKey);
}

async function ask(parties: Parties, name: string, method: string, apiKey: string): Promise<Response> {
  const directory = parties["directory"];
  if (!directory) throw new Error("there is no directory party");
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await directory.get(DIRECTORY_ROOM).fetch(`/rooms/${name}`, { method, headers });
  // Its text is of no interest, and a body that nobody reads holds the request open.
  await answer.text();
  return answer;
}
