import type * as Party from "partykit/server";

import type { HostFile, HostSocket, PartyName, ProcessHost, RoomHost } from "../server/host";
import { formatLog, type LogEntry } from "../server/log";
import { Server } from "../server/server";
import { fileOfObject } from "../server/store/file-object";
import { OBJECTS_DIR, objectId, STORAGE_NAMESPACE } from "../server/store/object-id.mjs";

type Parties = Party.Context["parties"];

let server: Server | null = null;

/** The server of this process. It is created at the first event, because the runtime's clock is zero before that. */
export function serverOf(
  source: { readonly env: Record<string, unknown> } & (
    | { readonly parties: Parties }
    | { readonly context: { readonly parties: Parties } }
  ),
): Server {
  if (server) return server;
  // PartyKit hides the parties from a room that an alarm has woken, but no alarm is the first event of a process.
  const { parties } = "context" in source ? source.context : source;
  return (server = new Server(new PartyKitProcess(source.env, parties)));
}

/** PartyKit's process. */
class PartyKitProcess implements ProcessHost {
  constructor(
    readonly env: Readonly<Record<string, unknown>>,
    readonly parties: Parties,
  ) {}

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
    return await fetchFrom(this.parties, party, room, path, init);
  }
  file(name: string): HostFile {
    return fileOfObject(
      (path, init) => fetchFrom(this.parties, "storage", name, path, init),
      async () => `${OBJECTS_DIR}/${STORAGE_NAMESPACE}/${await objectId(STORAGE_NAMESPACE, name)}.sqlite`,
    );
  }
}

/** Sends a request to an object of this server. @throws when there is no such party */
export async function fetchFrom(
  parties: Parties,
  party: string,
  room: string,
  path: string,
  init?: RequestInit,
): Promise<Response> {
  const object = parties[party]?.get(room);
  if (!object) throw new Error(`there is no ${party} party`);
  return await object.fetch(path, init as never);
}

/** PartyKit's room. */
export function roomHost(party: Party.Room): RoomHost {
  return {
    id: party.internalID,
    get name() {
      try {
        return party.id;
      } catch {
        return null;
      }
    },
    *sockets() {
      for (const connection of party.getConnections()) yield socketOf(connection);
    },
    // PartyKit keeps alarms in memory: to set one writes nothing, and works while nothing can be written.
    setAlarm: (at) => void party.storage.setAlarm(at, { allowUnconfirmed: true }),
    deleteAlarm: () => void party.storage.deleteAlarm(),
    blockConcurrencyWhile: (run) => party.blockConcurrencyWhile(run),
  };
}

/** PartyKit's WebSocket. */
export function socketOf(connection: Party.Connection): HostSocket {
  return {
    id: connection.id,
    get attachment() {
      return connection.state;
    },
    set attachment(value) {
      connection.setState(value);
    },
    send: (frame) => connection.send(frame),
    close: (code, reason) => connection.close(code, reason),
  };
}
