import { deflateSync, strToU8 } from "fflate";
import type { Body } from "./frames";

/** A body of fewer UTF-16 code units stays text: some 120 people. */
export const DEFLATED_LENGTH = 4_096;

/** Deflates what is long. The fastest level takes 4 ms for 5,000 people; more would save next to nothing. */
export function toBody(text: string): Body {
  return text.length < DEFLATED_LENGTH ? text : deflateSync(strToU8(text), { level: 1 });
}
