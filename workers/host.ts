import type {
  DurableObjectJurisdiction,
  DurableObjectLocationHint,
  DurableObjectNamespace,
  DurableObjectState,
  WebSocket,
} from "@cloudflare/workers-types";

import type { HostFile, HostSocket, PartyName, ProcessHost, RoomHost } from "../server/host";
import { formatLog, type LogEntry } from "../server/log";
import { Server } from "../server/server";
import { fileOfObject } from "../server/store/file-object";
import { OBJECTS_DIR, STORAGE_NAMESPACE } from "../server/store/object-id.mjs";

/** What the configuration binds: the namespaces of objects, and the settings as text. */
export interface Env {
  readonly ROOMS: DurableObjectNamespace;
  readonly DIRECTORY: DurableObjectNamespace;
  readonly STORAGE: DurableObjectNamespace;
  readonly REFUSALS: DurableObjectNamespace;
  readonly ROLLCALL_JURISDICTION?: DurableObjectJurisdiction;
  readonly ROLLCALL_LOCATION_HINT?: DurableObjectLocationHint;
  readonly [setting: string]: unknown;
}

let server: Server | null = null;

/** The server of this process. It is created at the first event, because the runtime's clock is zero before that. */
export function serverOf(env: Env): Server {
  return (server ??= new Server(new WorkersProcess(env)));
}

/** A process of workerd, or an isolate of Cloudflare's. */
class WorkersProcess implements ProcessHost {
  readonly env: Readonly<Record<string, unknown>>;

  constructor(readonly bindings: Env) {
    // workerd binds null for a variable that is not set.
    this.env = Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== null));
  }

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
  log(entry: LogEntry): void {
    console.error(formatLog(entry));
  }
  async ask(party: PartyName, room: string, path: string, init?: RequestInit): Promise<Response> {
    const object = objectOf(this.bindings, BINDINGS[party], room);
    return await object.fetch(addressOf(`/parties/${party}/${room}${path}`), init);
  }
  file(name: string): HostFile {
    const object = () => objectOf(this.bindings, "STORAGE", name);
    return fileOfObject(
      (path, init) => object().fetch(addressOf(`/parties/storage/${name}${path}`), init),
      async () => `${OBJECTS_DIR}/${STORAGE_NAMESPACE}/${object().id.toString()}.sqlite`,
    );
  }
}

/** The bindings of the parties. */
export const BINDINGS = { main: "ROOMS", directory: "DIRECTORY" } as const satisfies Record<
  PartyName,
  string
>;

/** An object of this server. */
interface ObjectStub {
  readonly id: { toString(): string };
  fetch(request: Request | string, init?: RequestInit): Promise<Response>;
}

/** The object of this name. On Cloudflare the settings say where it may be, and where it is first created. */
export function objectOf(
  env: Env,
  binding: "ROOMS" | "DIRECTORY" | "STORAGE" | "REFUSALS",
  name: string,
): ObjectStub {
  const { ROLLCALL_JURISDICTION: jurisdiction, ROLLCALL_LOCATION_HINT: locationHint } = env;
  const namespace = jurisdiction ? env[binding].jurisdiction(jurisdiction) : env[binding];
  const id = namespace.idFromName(name);
  return namespace.get(id, locationHint ? { locationHint } : {}) as unknown as ObjectStub;
}

/** Objects read only the path. */
export const addressOf = (path: string): string => `http://rollcall${path}`;

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
