import type { CloseCode } from "../core/shared/close-codes";
import { shorten } from "../server/gate/closing";

/** How long a refused client may take to answer the close, in milliseconds. */
const OPEN_MS = 2_000;

const CODE_HEADER = "x-rollcall-close-code";
const REASON_HEADER = "x-rollcall-close-reason";

/** The parties of this server that the edge can ask. */
export interface Parties {
  readonly [name: string]: { get(room: string): { fetch(init: RequestInit): Promise<Response> } } | undefined;
}

/** Keeps a request's timers running after its response. */
export interface Lifetime {
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * Refuses a WebSocket: accepts it and closes it at once with a code, because a browser cannot read the HTTP status of a
 * failed upgrade and would retry for ever. The TCP connection ends after at most `OPEN_MS`, whatever the client does
 * (SE4).
 */
export async function refuseSocket(
  { code, reason }: { readonly code: CloseCode; readonly reason: string },
  parties: Parties,
  lifetime: Lifetime,
): Promise<Response> {
  const refusals = parties["refusals"];
  if (!refusals) throw new Error("there is no party for refusals");
  const connection = new AbortController();
  const closed = await refusals.get("main").fetch({
    headers: {
      upgrade: "websocket",
      [CODE_HEADER]: String(code),
      [REASON_HEADER]: encodeURIComponent(shorten(reason)),
    },
    signal: connection.signal,
  });
  // Started here, because a busy server must send the code first.
  const timeUp = new Promise((resolve) => setTimeout(resolve, OPEN_MS));
  lifetime.waitUntil(timeUp.then(() => connection.abort()));
  return closed;
}

/** Reads what `refuseSocket` asks for. */
export function readRefusal(headers: { get(name: string): string | null }): { code: number; reason: string } {
  return {
    code: Number(headers.get(CODE_HEADER)),
    reason: decodeURIComponent(headers.get(REASON_HEADER) ?? ""),
  };
}
