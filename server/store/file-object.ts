import type { Batch, HostFile, ListQuery, ProcessHost } from "../host";
import { nothingHere } from "../http/params";
import { jsonResponse } from "../http/problem";

/** The platform takes at most this many keys in one call. */
const BATCH_KEYS = 128;

/** The storage of a Durable Object, as far as a file needs it. */
export interface ObjectStorage {
  get(keys: string[]): Promise<Map<string, unknown>>;
  list(query: ListQuery): Promise<Map<string, unknown>>;
  put(entries: Record<string, unknown>): Promise<void>;
  delete(keys: string[]): Promise<number>;
  deleteAll(): Promise<void>;
}

/**
 * The file that the object of this name owns. The runtime ends an object and its sockets when its storage fails one
 * write, and nothing in the object can catch that (OP3). So rooms write through an object that has no sockets. When
 * that one ends, the room gets an error, and the next request creates it again.
 */
export function fileOfObject(
  fetchObject: (path: string, init: RequestInit) => Promise<Response>,
  path: HostFile["path"],
): HostFile {
  const ask = async (operation: string, body: unknown): Promise<unknown> => {
    const answer = await fetchObject(`/${operation}`, { method: "POST", body: JSON.stringify(body) });
    // The runtime gives no details.
    if (!answer.ok) throw new Error(`the storage answered ${answer.status}`);
    return await answer.json();
  };
  return {
    get: (keys) => ask("get", { keys }) as ReturnType<HostFile["get"]>,
    list: (query) => ask("list", query) as ReturnType<HostFile["list"]>,
    write: async (batch) => void (await ask("write", batch)),
    path,
  };
}

/**
 * Answers a request of `fileOfObject`. A write is answered only after it has been committed: the runtime holds the
 * answer back until then.
 */
export async function serveFile(
  storage: ObjectStorage,
  request: Request,
  host: Pick<ProcessHost, "log">,
): Promise<Response> {
  const operation = new URL(request.url).pathname.split("/")[4];
  const body: unknown = await request.json();
  try {
    switch (operation) {
      case "get":
        return jsonResponse([...(await storage.get((body as { keys: string[] }).keys))]);
      case "list":
        return jsonResponse([...(await storage.list(body as ListQuery))]);
      case "write":
        await write(storage, body as Batch);
        return jsonResponse(null);
      default:
        return nothingHere();
    }
  } catch (error) {
    host.log({ event: "file-failed", message: "an object could not read or write its file", error });
    return jsonResponse(null, 500);
  }
}

/** Starts all writes in one turn, so that the runtime commits them as one transaction. */
async function write(storage: ObjectStorage, { put, remove, clear = false }: Batch): Promise<void> {
  const writes: Promise<unknown>[] = clear ? [storage.deleteAll()] : [];
  for (let from = 0; from < put.length; from += BATCH_KEYS)
    writes.push(storage.put(Object.fromEntries(put.slice(from, from + BATCH_KEYS))));
  for (let from = 0; from < remove.length; from += BATCH_KEYS)
    writes.push(storage.delete(remove.slice(from, from + BATCH_KEYS)));
  await Promise.all(writes);
}
