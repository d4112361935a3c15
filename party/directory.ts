import type * as Party from "partykit/server";

import { Problem } from "../core/shared/problem";
import { admitToDirectory, Directory } from "../server/http/directory";
import { HEADERS } from "../server/http/problem";
import { serverOf } from "./host";

/** PartyKit's party for the directory of rooms. */
export default class DirectoryServer implements Party.Server {
  static onBeforeConnect(): Response {
    return new Problem(426, "the directory is asked by HTTP").toResponse(HEADERS);
  }

  static async onBeforeRequest(
    request: Party.Request,
    lobby: Party.Lobby,
  ): Promise<Party.Request | Response> {
    const admitted = await admitToDirectory(request as unknown as Request, serverOf(lobby));
    return admitted as Party.Request | Response;
  }

  readonly options = { hibernate: true };
  readonly #directory: Directory;

  constructor(party: Party.Room) {
    this.#directory = new Directory(party.internalID, serverOf(party));
  }

  async onStart(): Promise<void> {
    await this.#directory.open();
  }

  async onRequest(request: Party.Request): Promise<Response> {
    return await this.#directory.request(request as unknown as Request);
  }
}
