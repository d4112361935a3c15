import type * as Party from "partykit/server";

import { nothingHere } from "../server/http/params";
import { serverOf } from "./host";
import { serveFile } from "../server/store/file-object";

/** The party that owns the files: one object for each room and one for the directory, named by their ids. */
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

  async onRequest(request: Party.Request): Promise<Response> {
    return await serveFile(this.party.storage, request as unknown as Request, serverOf(this.party).host);
  }
}
