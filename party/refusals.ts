import type * as Party from "partykit/server";

import { dismissRefused } from "../server/gate/refuse-socket";
import { nothingHere } from "../server/http/params";

/**
 * Closes the sockets that the edge refuses. Only the edge can reach this party. It fetches the socket with an
 * `AbortSignal`, because only that ends the TCP connection of a client that does not answer the close (SE4).
 */
export default class Refusals implements Party.Server {
  static onBeforeConnect(): Response {
    return nothingHere();
  }

  static onBeforeRequest(): Response {
    return nothingHere();
  }

  onConnect(socket: Party.Connection, { request }: Party.ConnectionContext): void {
    dismissRefused(socket, request.headers);
  }
}
