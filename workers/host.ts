import type { DurableObjectNamespace, DurableObjectState, WebSocket } from "@cloudflare/workers-types";

import type { HostFile, HostSocket, PartyName, ProcessHost, RoomHost } from "../server/host";
import { Server } from "../server/server";
import { fileOfObject } from "../server/store/file-object";
import { OBJECTS_DIR, STORAGE_NAMESPACE } from "../server/store/object-id.mjs";

/** What the configuration binds: the namespaces of objects, and the settings as text. */
export interface Env {
  readonly ROOMS: DurableObjectNamespace;
  readonly DIRECTORY: DurableObjectNamespace;
  readonly STORAGE: DurableObjectNamespace;
  readonly REFUSALS: DurableObjectNamespace;
  readonly [setting: string]: unknown;
}

let server: Server | null = null;

/** The server of this process. It is created at the first event, because the runtime's clock is zero before that. */
export function serverOf(env: Env): Server {
  return (server ??= new Server(new WorkersProcess(env)));
}

/** A process of workerd, or an isolate of Cloudflare's. */
class WorkersProcess implements ProcessHost {
  constructor(readonly env: Env) {}

  now(): number {
    return Date.now();
  }
  random(): number {
    return Math.random();
  }
  randomId(): string {
    return crypto.randomUUID();
  }
  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  }
  log(line: string, ...error: unknown[]): void {
    console.error(line, ...error);
  }
  async ask(party: PartyName, room: string, path: string, init?: RequestInit): Promise<Response> {
    const namespace = party === "main" ? this.env.ROOMS : this.env.DIRECTORY;
    return await fetchFrom(namespace, room, `/parties/${party}/${room}${path}`, init);
  }
  file(name: string): HostFile {
    const { STORAGE } = this.env;
    return fileOfObject(
      (path, init) => fetchFrom(STORAGE, name, `/parties/storage/${name}${path}`, init),
      async () => `${OBJECTS_DIR}/${STORAGE_NAMESPACE}/${STORAGE.idFromName(name).toString()}.sqlite`,
    );
  }
}

/** Sends a request to an object of this server. */
export async function fetchFrom(
  namespace: DurableObjectNamespace,
  name: string,
  path: string,
  init?: RequestInit,
): Promise<Response> {
  const object = namespace.get(namespace.idFromName(name));
  return (await object.fetch(`http://rollcall${path}`, init as never)) as unknown as Response;
}

/** The room of a Durable Object. */
export function roomHost(state: DurableObjectState): RoomHost {
  return {
    id: state.id.toString(),
    name: state.id.name ?? null,
    *sockets() {
      for (const socket of state.getWebSockets()) yield socketOf(state, socket);
    },
    setAlarm: (at) => void state.storage.setAlarm(at, { allowUnconfirmed: true }),
    deleteAlarm: () => void state.storage.deleteAlarm(),
    blockConcurrencyWhile: (run) => state.blockConcurrencyWhile(run),
  };
}

/** A socket of a Durable Object. */
export function socketOf(state: DurableObjectState, socket: WebSocket): HostSocket {
  return {
    id: idOf(state, socket),
    get attachment() {
      return socket.deserializeAttachment() as unknown;
    },
    set attachment(value) {
      socket.serializeAttachment(value);
    },
    send: (frame) => socket.send(frame),
    close: (code, reason) => socket.close(code, reason),
  };
}

/** The id of a socket: the tag that it was accepted with. */
export function idOf(state: DurableObjectState, socket: WebSocket): string {
  return state.getTags(socket)[0] ?? "";
}

/** Answers a request by a socket, once `accept` has accepted its end. */
export function openSocket(accept: (socket: WebSocket) => void): Response {
  const { 0: client, 1: socket } = new WebSocketPair();
  accept(socket);
  return new Response(null, { status: 101, webSocket: client } as ResponseInit);
}

declare const WebSocketPair: new () => { readonly 0: WebSocket; readonly 1: WebSocket };
