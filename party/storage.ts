import type * as Party from "partykit/server";

import type { Batch, ListQuery } from "../server/host";
import { nothingHere } from "../server/http/params";
import { jsonResponse } from "../server/http/problem";

/** The platform takes at most this many keys in one call. */
const BATCH_KEYS = 128;

/**
 * The party that owns the files: one object for each room and one for the directory, named by the id of the object
 * whose data it holds. The runtime ends an object and its sockets when its storage fails one write, and nothing in the
 * object can catch that (OP3). So rooms write through this object, which has no sockets. When it ends, the room gets an
 * error, and the next request creates it again.
 */
export default class StorageServer implements Party.Server {
  /** Only rooms may ask: their requests do not come through the edge. */
  static onBeforeConnect(): Response {
    return nothingHere();
  }

  static onBeforeRequest(): Response {
    return nothingHere();
  }

  readonly options = { hibernate: true };

  constructor(readonly party: Party.Room) {}

  /** Answers a write only after it has been committed: the runtime holds the answer back until then. */
  async onRequest(request: Party.Request): Promise<Response> {
    const { storage } = this.party;
    const operation = new URL(request.url).pathname.split("/")[4];
    const body: unknown = await request.json();
    try {
      switch (operation) {
        case "get":
          return jsonResponse([...(await storage.get<unknown>((body as { keys: string[] }).keys))]);
        case "list":
          return jsonResponse([...(await storage.list(body as ListQuery))]);
        case "write":
          await write(storage, body as Batch);
          return jsonResponse(null);
        default:
          return nothingHere();
      }
    } catch (error) {
      console.error(`storage object ${this.party.internalID} failed`, error);
      return jsonResponse(null, 500);
    }
  }
}

/** Starts all writes in one turn, so that the runtime commits them as one transaction. */
async function write(storage: Party.Storage, { put, remove, clear = false }: Batch): Promise<void> {
  const writes: Promise<unknown>[] = clear ? [storage.deleteAll()] : [];
  for (let from = 0; from < put.length; from += BATCH_KEYS)
    writes.push(storage.put(Object.fromEntries(put.slice(from, from + BATCH_KEYS))));
  for (let from = 0; from < remove.length; from += BATCH_KEYS)
    writes.push(storage.delete(remove.slice(from, from + BATCH_KEYS)));
  await Promise.all(writes);
}
