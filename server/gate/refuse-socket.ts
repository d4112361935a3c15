import type { CloseCode } from "../../core/shared/close-codes";
import type { HostSocket, ProcessHost } from "../host";
import { dismiss, shorten } from "./closing";
import type { Refusal } from "./edge";

/** How long a refused client may take to answer the close, in milliseconds. */
const OPEN_MS = 2_000;

const CODE_HEADER = "x-rollcall-close-code";
const REASON_HEADER = "x-rollcall-close-reason";

/** Keeps a request's timers running after its response. */
export interface Lifetime {
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * Refuses a WebSocket: accepts it and closes it at once with a code, because a browser cannot read the HTTP status of a
 * failed upgrade and would retry for ever. The TCP connection ends after at most `OPEN_MS`, whatever the client does
 * (SE4). `accept` reaches the object that accepts the socket, which calls `dismissRefused`.
 */
export async function refuseSocket(
  { code, reason }: Refusal,
  accept: (init: RequestInit) => Promise<Response>,
  host: Pick<ProcessHost, "after">,
  lifetime: Lifetime,
): Promise<Response> {
  const connection = new AbortController();
  const closed = await accept({
    headers: {
      upgrade: "websocket",
      [CODE_HEADER]: String(code),
      [REASON_HEADER]: encodeURIComponent(shorten(reason)),
    },
    signal: connection.signal,
  });
  // Started here, because a busy server must send the code first.
  lifetime.waitUntil(
    new Promise<void>((resolve) => {
      host.after(OPEN_MS, () => {
        connection.abort();
        resolve();
      });
    }),
  );
  return closed;
}

/** Closes a socket as `refuseSocket` asks for. */
export function dismissRefused(
  socket: Pick<HostSocket, "send" | "close">,
  headers: { get(name: string): string | null },
): void {
  const code = Number(headers.get(CODE_HEADER)) as CloseCode;
  dismiss(socket, code, decodeURIComponent(headers.get(REASON_HEADER) ?? ""));
}
