/**
 * People in a process of their own, which tests freeze and kill as a machine would be: each has the real
 * client, in one page. Started with a `Cast` in argv; tells what happens in lines of JSON, and takes `Cue`s
 * in lines of JSON.
 */
import { createInterface } from "node:readline";
import WebSocket from "ws";
import { createToken } from "../../client/create-token";
import { browserEnvironment, type Environment, type PageEvent } from "../../client/page/environment";
import { createPresenceClient, type PresenceClient } from "../../client/client/presence-client";

/** Who plays. */
export interface Cast {
  readonly host: string;
  readonly room: string;
  readonly secret: string;
  readonly users: readonly string[];
  /** Within this they turn up one by one, in milliseconds. */
  readonly arrivalMs?: number;
}

/** What somebody is to do. */
export interface Cue {
  readonly user: string;
  readonly do: "start" | "stop" | "signOut" | "hide" | "show" | "touch" | "look";
}

/** What happened to somebody. Instants are this machine's, whose clock is the server's too. */
export type Happening =
  /** A frame went out. */
  | { readonly user: string; readonly what: "sent"; readonly at: number }
  /** An attempt to connect began. */
  | { readonly user: string; readonly what: "attempt"; readonly at: number }
  | { readonly user: string; readonly what: "connection"; readonly status: string }
  /** The connection was lost, and the next attempt is to come after this long. */
  | { readonly user: string; readonly what: "lost"; readonly waitMs: number }
  /** What their page shows, asked for by `look`. */
  | {
      readonly user: string;
      readonly what: "looked";
      readonly stale: boolean;
      readonly shown: Readonly<Record<string, string>>;
    };

const cast = JSON.parse(process.argv[2] ?? "") as Cast;

/** Pipes are written at once: what a process has told is not lost when it is killed. */
function tell(happening: Happening): void {
  process.stdout.write(`${JSON.stringify(happening)}\n`);
}

interface Person {
  readonly client: PresenceClient;
  readonly page: (event: PageEvent) => void;
  hidden: boolean;
}

function enter(user: string): Person {
  const listeners = new Set<(event: PageEvent) => void>();
  const browser = browserEnvironment({ WebSocket });
  const person = {
    hidden: false,
    page: (event: PageEvent) => listeners.forEach((listener) => listener(event)),
  };
  const environment: Environment = {
    ...browser,
    isVisible: () => !person.hidden,
    onPageEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openSocket(target, events) {
      tell({ user, what: "attempt", at: Date.now() });
      const socket = browser.openSocket(target, events);
      return {
        ...socket,
        send(data) {
          // Before it is sent: the server may read it before this process gets on.
          const at = Date.now();
          const sent = socket.send(data);
          if (sent) tell({ user, what: "sent", at });
          return sent;
        },
      };
    },
  };
  const { host, room, secret } = cast;
  const client = createPresenceClient({
    host,
    room,
    environment,
    getToken: () => createToken({ user: { id: user, name: user }, rooms: [room], sessionId: user, secret }),
  });
  let status = "";
  client.subscribe(() => {
    const { connection } = client.getStatus();
    if (connection.status === status) return;
    status = connection.status;
    tell({ user, what: "connection", status });
    if (connection.status === "reconnecting" && connection.retryAt !== null)
      tell({ user, what: "lost", waitMs: connection.retryAt - connection.sinceAt });
  });
  return Object.assign(person, { client });
}

function act(person: Person, { user, do: what }: Cue): void {
  const { client, page } = person;
  switch (what) {
    case "start":
      return client.start();
    case "stop":
      return client.stop();
    case "signOut":
      void client.signOut();
      return;
    case "hide":
    case "show":
      person.hidden = what === "hide";
      return page({ type: "visibility" });
    case "touch":
      return page({ type: "input" });
    case "look": {
      const { users, stale } = client.getSnapshot();
      const shown = Object.fromEntries(users.map(({ id, status }) => [id, status]));
      return tell({ user, what: "looked", stale, shown });
    }
    default:
      what satisfies never;
  }
}

const people = new Map(cast.users.map((user) => [user, enter(user)]));
cast.users.forEach((user, index) => {
  setTimeout(() => people.get(user)?.client.start(), ((cast.arrivalMs ?? 0) * index) / cast.users.length);
});
createInterface({ input: process.stdin }).on("line", (line) => {
  const cue = JSON.parse(line) as Cue;
  const person = people.get(cue.user);
  if (person) act(person, cue);
});
// The directing process has ended.
process.stdin.on("end", () => process.exit());
