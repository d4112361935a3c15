import type * as Party from "partykit/server";
import type { CloseCode } from "../core/shared/close-codes";
import { dismiss } from "../server/gate/closing";
import { nothingHere } from "../server/http/params";
import { readRefusal } from "./refuse-socket";

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
    const { code, reason } = readRefusal(request.headers);
    dismiss(socket, code as CloseCode, reason);
  }
}
