import type * as Party from "partykit/server";
import { errorResponse } from "../server/gate/edge";
import { notFound } from "../server/http/params";
import { jsonResponse } from "../server/http/problem";
import type { Batch, ListQuery } from "../server/store/room-storage";

/** The platform takes at most this many keys in one call. */
const BATCH_KEYS = 128;

/**
 * The party that owns the files: one object for each room and one for the directory, named by the id of the object
 * whose data it keeps. The runtime ends an object, sockets included, whose storage fails a single write, and nothing in
 * the object can catch that (OP3). So rooms write through this one, which has no sockets: when it ends, the room gets
 * an error, and the next request makes it anew.
 */
export default class StorageObject implements Party.Server {
  /** Nobody but rooms may ask: their requests do not pass the edge. */
  static onBeforeConnect(): Response {
    return errorResponse(notFound("there is nothing at this address"));
  }

  static onBeforeRequest(): Response {
    return errorResponse(notFound("there is nothing at this address"));
  }

  readonly options = { hibernate: true };

  constructor(readonly party: Party.Room) {}

  /** Answers a write only after it has been committed: the runtime holds the answer back until then. */
  async onRequest(request: Party.Request): Promise<Response> {
    const operation = new URL(request.url).pathname.split("/")[4] ?? "";
    try {
      return jsonResponse(await perform(this.party.storage, operation, await request.json()));
    } catch (error) {
      console.error(`storage object ${this.party.internalID} failed`, error);
      return errorResponse(error);
    }
  }
}

/** Does what `askStorage` asks for. */
export async function perform(storage: Party.Storage, operation: string, body: unknown): Promise<unknown> {
  switch (operation) {
    case "write":
      await write(storage, body as Batch);
      return null;
    case "get":
      return [...(await storage.get<unknown>([...(body as { keys: readonly string[] }).keys]))];
    case "list":
      return [...(await storage.list(body as ListQuery))];
    default:
      throw notFound("there is nothing at this address");
  }
}

/** Everything is begun in one turn: the runtime commits it as one transaction. */
async function write(storage: Party.Storage, { put, remove, clear = false }: Batch): Promise<void> {
  const writes: Promise<unknown>[] = clear ? [storage.deleteAll()] : [];
  for (let from = 0; from < put.length; from += BATCH_KEYS)
    writes.push(storage.put(Object.fromEntries(put.slice(from, from + BATCH_KEYS))));
  for (let from = 0; from < remove.length; from += BATCH_KEYS)
    writes.push(storage.delete(remove.slice(from, from + BATCH_KEYS)));
  await Promise.all(writes);
}
