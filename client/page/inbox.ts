import { splitFrame } from "../../core/wire/frames";
import { reportMissing } from "./report";

/** What comes from a socket, handed on in the order in which it came. */
export interface Inbox {
  /** Takes a frame, whose text is handed on: at once, unless it is deflated or one that is has not been read yet. */
  take(data: unknown): void;
  /** Does this after everything that was taken before. */
  afterwards(act: () => void): void;
}

/**
 * Reads deflated frames by the browser's own stream, which costs a page no code, or by a library that is loaded where
 * there is no such stream (BR1). Both answer later: what comes meanwhile waits, for a diff must not overtake its
 * sync. What cannot be read is handed on as null.
 */
export function createInbox(deliver: (text: unknown) => void): Inbox {
  let waiting: Promise<void> | null = null;

  function enqueue(act: () => void | Promise<void>): void {
    // Whoever is handed something may throw: that is told by the browser, and not to those behind it.
    const mine = (waiting ?? Promise.resolve()).then(act, act);
    waiting = mine;
    void mine.finally(() => {
      if (waiting === mine) waiting = null;
    });
  }

  return {
    take(data) {
      if (typeof data !== "string") enqueue(async () => deliver(await inflate(data)));
      else if (waiting) enqueue(() => deliver(data));
      else deliver(data);
    },
    afterwards(act) {
      if (waiting) enqueue(act);
      else act();
    },
  };
}

async function inflate(data: unknown): Promise<string | null> {
  const parts = splitFrame(data);
  if (!parts) return null;
  const body = parts.body.slice();
  const text = await inflateByBrowser(body).catch(() => inflateByLibrary(body));
  return text === null ? null : parts.head + text;
}

async function inflateByBrowser(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).text();
}

/** For browsers without the stream, or with one that fails. Null for what is no deflated text. */
async function inflateByLibrary(body: Uint8Array): Promise<string | null> {
  try {
    const { inflateText } = await import("./inflate");
    if (typeof DecompressionStream === "undefined") reportMissing(NO_STREAM);
    return inflateText(body);
  } catch {
    return null;
  }
}

const NO_STREAM =
  "This browser has no DecompressionStream: a small library is loaded to read large rooms. Everything works.";
