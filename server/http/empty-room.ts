import type * as Party from "partykit/server";
import { createRoom } from "../../core/room/room";
import { serveApi, type ApiRoom } from "./router";
import { compressed } from "./compressed";
import { admitHttp } from "../gate/edge";
import { figuresOf } from "../figures";
import { History } from "../store/history";
import { isRegistered } from "./registration";
import type { Storage } from "../store/room-storage";
import { isRoomHere } from "./rooms-here";
import { readSettings, type Settings } from "../settings";
import { newStats } from "../stats";

/**
 * Lets an HTTP request through to its room if it is allowed to ask (SE5). A room that nobody has been in is answered for
 * here: to wake it would leave a file of the platform's for each name that somebody thinks of.
 */
export async function admitToRoom(
  request: Request,
  lobby: Pick<Party.Lobby, "id" | "env" | "parties">,
): Promise<Request | Response> {
  const admitted = await admitHttp(request, lobby);
  if (admitted instanceof Response || (await exists(lobby))) return admitted;
  return compressed(request, await serveApi(admitted, emptyRoom(readSettings(lobby.env)), Date.now()));
}

async function exists({ id, env, parties }: Pick<Party.Lobby, "id" | "env" | "parties">): Promise<boolean> {
  if (isRoomHere(id)) return true;
  try {
    return await isRegistered(parties, id, readSettings(env).apiKey);
  } catch (error) {
    // Better to wake a room for nothing than to deny one that exists.
    console.error("the directory does not answer", error);
    return true;
  }
}

/** A room that nobody has been in. */
function emptyRoom({ timings, historyDays, limits }: Settings): ApiRoom {
  const room = createRoom(timings);
  const nothing = { list: async () => new Map() } as unknown as Storage;
  return {
    room,
    history: new History(nothing),
    figures: () =>
      figuresOf(room, {
        stats: newStats(),
        webhooksWaiting: 0,
        wokenAt: Date.now(),
        alarmAt: null,
        storageFault: null,
      }),
    historyDays,
    maxIds: limits.watchedIds,
    apply: () => undefined,
    erase: async () => undefined,
    deleteRoom: null,
  };
}
