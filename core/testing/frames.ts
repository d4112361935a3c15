/** For tests only: reads frames at once, which a browser does by a stream of its own (client/page/inbox.ts). */
import { inflateSync, strFromU8 } from "fflate";
import { splitFrame } from "../wire/frames";

/** The text of the message in a frame, or null when there is none in it. Never throws. */
export function readFrame(data: unknown): string | null {
  if (typeof data === "string") return data;
  const parts = splitFrame(data);
  try {
    return parts && parts.head + strFromU8(inflateSync(parts.body));
  } catch {
    return null;
  }
}
