import type { DurableObjectState, WebSocket } from "@cloudflare/workers-types";

import { RoomEngine } from "../server/engine";
import { dismissRefused } from "../server/gate/refuse-socket";
import { Directory } from "../server/http/directory";
import { serveFile } from "../server/store/file-object";
import { type Env, idOf, openSocket, roomHost, serverOf, socketOf } from "./host";

/** A room. */
export class RoomObject {
  readonly #engine: RoomEngine;

  constructor(
    readonly state: DurableObjectState,
    env: Env,
  ) {
    this.#engine = new RoomEngine(roomHost(state), serverOf(env));
    // It blocks the first event until the room is open.
    void this.#engine.open();
  }

  async fetch(request: Request): Promise<Response> {
    if (request.headers.get("upgrade") !== "websocket") return await this.#engine.request(request);
    const id = new URL(request.url).searchParams.get("_pk") ?? "";
    return openSocket((socket) => {
      this.state.acceptWebSocket(socket, [id]);
      this.#engine.connect(socketOf(this.state, socket), request);
    });
  }

  webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    this.#engine.message(idOf(this.state, socket), data);
  }

  webSocketClose(socket: WebSocket): void {
    this.#engine.close(socketOf(this.state, socket));
  }

  webSocketError(socket: WebSocket): void {
    this.#engine.close(socketOf(this.state, socket));
  }

  alarm(): void {
    this.#engine.alarm();
  }
}

/** The directory of rooms. */
export class DirectoryObject {
  readonly #directory: Directory;

  constructor(state: DurableObjectState, env: Env) {
    this.#directory = new Directory(state.id.toString(), serverOf(env));
    void state.blockConcurrencyWhile(() => this.#directory.open());
  }

  async fetch(request: Request): Promise<Response> {
    return await this.#directory.request(request);
  }
}

/** Owns a file: there is one object for each room and one for the directory, named by their ids. */
export class StorageObject {
  constructor(
    readonly state: DurableObjectState,
    readonly env: Env,
  ) {}

  async fetch(request: Request): Promise<Response> {
    return await serveFile(this.state.storage, request, serverOf(this.env).host);
  }
}

/**
 * Closes the sockets that the edge refuses. The edge fetches the socket with an `AbortSignal`, because only that ends
 * the TCP connection of a client that does not answer the close (SE4).
 */
export class RefusalsObject {
  fetch(request: Request): Response {
    return openSocket((socket) => {
      socket.accept();
      dismissRefused(socket, request.headers);
    });
  }
}
