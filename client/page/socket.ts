import PartySocket from "partysocket";
import { createInbox } from "./inbox";

/** Where a socket leads: `ws(s)://{host}/parties/main/{room}?{params}`. */
export interface SocketTarget {
  readonly host: string;
  readonly room: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What comes from a socket. `closed` is the last call, and comes at most once. */
export interface SocketEvents {
  message(data: unknown): void;
  /** Closed by the other side or the network, or never opened; `code` is 1006 when there is none. */
  closed(code: number, reason: string): void;
}

/** One attempt to connect and, if it succeeds, the connection. It never reconnects by itself. */
export interface Socket {
  /** Sends at once and returns true, or does nothing and returns false while the socket is not open. */
  send(data: string): boolean;
  /** Ends it: what was sent still goes out, and `events` are not called any more. */
  close(): void;
}

/**
 * One attempt to connect with partysocket 1.3.0. Its own reconnecting is turned off: it comes after
 * every close code, at fixed delays and without jitter, and its queue would send old pongs on the next
 * connection. When to connect again is decided in connection.ts.
 */
export function openPartySocket(
  target: SocketTarget,
  events: SocketEvents,
  WebSocketClass?: unknown,
): Socket {
  const protocol = protocolOf(target.host);
  const socket = new PartySocket({
    host: target.host,
    room: target.room,
    // The edge chooses another (server/gate/admission.ts). Without one partysocket asks for a `crypto` that may be missing.
    id: "page",
    query: { ...target.params },
    maxRetries: 0,
    maxEnqueuedMessages: 0,
    // The connection's own deadline comes first.
    connectionTimeout: 60_000,
    ...(protocol && { protocol }),
    ...(WebSocketClass !== undefined && { WebSocket: WebSocketClass }),
  });
  // Long messages come deflated (core/wire/frames.ts).
  socket.binaryType = "arraybuffer";
  let ended = false;
  let givenUp = false;
  const inbox = createInbox((text) => {
    if (!givenUp) events.message(text);
  });
  const end = (code: number, reason: string): void => {
    if (ended) return;
    ended = true;
    // Without it partysocket would keep its timers.
    socket.close();
    inbox.afterwards(() => {
      if (!givenUp) events.closed(code, reason);
    });
  };
  let opened = false;
  socket.addEventListener("open", () => (opened = true));
  socket.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (!ended) inbox.take(event.data);
  });
  // A failed connection comes as a made-up close with code 1000 before the error that caused it; a URL
  // that cannot be used comes as an error alone.
  socket.addEventListener("close", (event) => end(opened ? event.code : 1006, event.reason));
  socket.addEventListener("error", (event) => end(1006, event.message));
  return {
    send: (data) => !ended && socket.readyState === socket.OPEN && socket.send(data),
    close() {
      ended = true;
      givenUp = true;
      socket.close();
    },
  };
}

/** Without a scheme partysocket decides: `ws` for loopback and private addresses, else `wss`. */
function protocolOf(host: string): "ws" | "wss" | null {
  if (/^(http|ws):\/\//.test(host)) return "ws";
  if (/^(https|wss):\/\//.test(host)) return "wss";
  return null;
}
