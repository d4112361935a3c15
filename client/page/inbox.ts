import { splitFrame } from "../../core/wire/frames";
import { reportMissing } from "./report";

/** Delivers the frames of a socket in the order of their arrival. */
export interface Inbox {
  /** Takes a frame and delivers its text: at once, unless it or an earlier frame has to be inflated first. */
  take(data: unknown): void;
  /** Runs this after all frames that were taken before. */
  afterwards(act: () => void): void;
}

/**
 * Inflates frames by the browser's own stream, which adds no code, or by a library that is loaded in browsers without
 * one (BR1). Both need a moment. Later frames wait, because a diff must not overtake its sync. A frame that cannot be
 * read is delivered as null.
 */
export function createInbox(deliver: (text: unknown) => void): Inbox {
  let waiting: Promise<void> | null = null;

  function enqueue(act: () => void | Promise<void>): void {
    // A receiver may throw. The browser reports that, and later frames are still delivered.
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

/** For browsers without the stream, or with a stream that fails. Null if the bytes are not deflated text. */
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
