import type * as Party from "partykit/server";

import { RoomEngine } from "../server/engine";
import { admitConnection, serveEdge } from "../server/gate/edge";
import { refuseSocket } from "../server/gate/refuse-socket";
import { admitToRoom } from "../server/http/empty-room";
import { fetchFrom, roomHost, serverOf, socketOf } from "./host";

/** PartyKit's room server: the edge, and one engine for each room. */
export default class RoomServer implements Party.Server {
  static async onBeforeConnect(
    request: Party.Request,
    lobby: Party.Lobby,
    context: Party.ExecutionContext,
  ): Promise<Party.Request | Response> {
    const server = serverOf(lobby);
    const admitted = await admitConnection(request as unknown as Request, lobby.id, server);
    if (admitted instanceof Request) return admitted as unknown as Party.Request;
    const accept = (init: RequestInit) => fetchFrom(lobby.parties, "refusals", "main", "/", init);
    return await refuseSocket(admitted, accept, server.host, context);
  }

  static async onBeforeRequest(
    request: Party.Request,
    lobby: Party.Lobby,
  ): Promise<Party.Request | Response> {
    const admitted = await admitToRoom(request as unknown as Request, lobby.id, serverOf(lobby));
    return admitted as Party.Request | Response;
  }

  static async onFetch(request: Party.Request, lobby: Party.FetchLobby): Promise<Response> {
    return await serveEdge(request as unknown as Request, serverOf(lobby));
  }

  readonly options = { hibernate: true };
  readonly #engine: RoomEngine;

  constructor(party: Party.Room) {
    this.#engine = new RoomEngine(roomHost(party), serverOf(party));
  }

  async onStart(): Promise<void> {
    await this.#engine.open();
  }

  onConnect(connection: Party.Connection, { request }: Party.ConnectionContext): void {
    this.#engine.connect(socketOf(connection), request as unknown as Request);
  }

  onMessage(data: string | ArrayBuffer, { id }: Party.Connection): void {
    this.#engine.message(id, data);
  }

  onClose(connection: Party.Connection): void {
    this.#engine.close(socketOf(connection));
  }

  onError(connection: Party.Connection): void {
    this.#engine.close(socketOf(connection));
  }

  onAlarm(): void {
    this.#engine.alarm();
  }

  async onRequest(request: Party.Request): Promise<Response> {
    return await this.#engine.request(request as unknown as Request);
  }
}
