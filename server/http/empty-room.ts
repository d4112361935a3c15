import { createRoom } from "../../core/room/room";
import { figuresOf } from "../figures";
import { admitHttp } from "../gate/edge";
import type { Server } from "../server";
import { newStats } from "../stats";
import { History } from "../store/history";
import type { Storage } from "../store/room-storage";
import { compressed } from "./compressed";
import { isRegistered } from "./registration";
import type { ApiRoom } from "./request";
import { serveApi } from "./router";

/**
 * Lets an HTTP request through to its room if it is allowed to ask (SE5). Answers for an unknown room without waking it
 * (DB4), because the runtime would create a file for each name in a request. Never throws.
 */
export async function admitToRoom(
  request: Request,
  room: string,
  server: Server,
): Promise<Request | Response> {
  const admitted = await admitHttp(request, room, server);
  if (admitted instanceof Response || (await exists(room, server))) return admitted;
  return compressed(request, await serveApi(admitted, emptyRoom(server), server.host));
}

async function exists(room: string, server: Server): Promise<boolean> {
  if (server.rooms.has(room)) return true;
  try {
    return await isRegistered(server, room);
  } catch (error) {
    // Waking an unknown room is better than denying an existing one.
    server.host.log({ event: "directory-silent", message: "the directory does not answer", room, error });
    return true;
  }
}

/** A room without users and without storage. */
function emptyRoom({ host, settings }: Server): ApiRoom {
  const room = createRoom(settings.timings);
  const nothing: Storage = {
    get: async () => undefined,
    list: async () => new Map(),
    put: () => undefined,
    delete: () => undefined,
  };
  return {
    room,
    now: host.now(),
    history: new History(nothing),
    figures: () =>
      figuresOf(room, {
        stats: newStats(),
        webhooksWaiting: 0,
        wokenAt: host.now(),
        alarmAt: null,
        storageFault: null,
      }),
    historyDays: settings.historyDays,
    maxIds: settings.limits.watchedIds,
    apply: () => undefined,
    erase: async () => undefined,
    deleteRoom: null,
  };
}
