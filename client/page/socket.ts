import PartySocket from "partysocket";
import { createInbox } from "./inbox";

/** A socket's address: `ws(s)://{host}/parties/main/{room}?{params}`. */
export interface SocketTarget {
  readonly host: string;
  readonly room: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The events of a socket. `closed` is the last call, at most once. */
export interface SocketEvents {
  message(data: unknown): void;
  /** The other side or the network closed it, or it never opened. `code` is 1006 if there is none. */
  closed(code: number, reason: string): void;
}

/** One attempt to connect and its connection. It never reconnects by itself. */
export interface Socket {
  /** Sends at once and returns true, or does nothing and returns false while the socket is not open. */
  send(data: string): boolean;
  /** Closes it. Sent messages still go out, and `events` are not called any more. */
  close(): void;
}

/**
 * Makes one attempt to connect with partysocket 1.3.0. Its own reconnecting is off: it follows every close code, at
 * fixed delays and without jitter, and its queue would send old pongs on the next connection. connection.ts decides
 * when to reconnect.
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
    // The edge replaces it (server/gate/admission.ts). Without it partysocket needs `crypto`, which may be missing.
    id: "page",
    query: { ...target.params },
    maxRetries: 0,
    maxEnqueuedMessages: 0,
    // The connection has its own, shorter deadline.
    connectionTimeout: 60_000,
    ...(protocol && { protocol }),
    ...(WebSocketClass !== undefined && { WebSocket: WebSocketClass }),
  });
  // Long messages are deflated (core/wire/frames.ts).
  socket.binaryType = "arraybuffer";
  let ended = false;
  let givenUp = false;
  const inbox = createInbox((text) => {
    if (!givenUp) events.message(text);
  });
  const end = (code: number, reason: string): void => {
    if (ended) return;
    ended = true;
    // Without this partysocket would keep its timers.
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
  // A failed connection gives an invented close with code 1000, and then the error that caused it. An invalid URL
  // gives only an error.
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

/** Without a scheme partysocket uses `ws` for loopback and private addresses, and otherwise `wss`. */
function protocolOf(host: string): "ws" | "wss" | null {
  if (/^(http|ws):\/\//.test(host)) return "ws";
  if (/^(https|wss):\/\//.test(host)) return "wss";
  return null;
}
