import { HEADERS } from "../http/problem";
import { invalid, notFound } from "../http/params";
import type { PartyName } from "../host";

/** The object that an address names. */
export interface Address {
  readonly party: PartyName;
  readonly room: string;
}

const PARTIES: readonly string[] = ["main", "directory"] satisfies PartyName[];
// Segments that a URL parser resolves. Who asks for `x/%2e%2e/ada` must not get ada (NM2).
const RESOLVED = /[\\#]|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Reads the address of a request: `/parties/:party/:room/…` names an object, and every other address is the edge's own
 * (null). Answers an address that is malformed, or that names an unknown party.
 */
export function readAddress(url: string): Address | Response | null {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/, "").split("?", 1)[0] ?? "";
  if (RESOLVED.test(path)) return refuse(invalid("path", "the address has segments that would be resolved"));
  try {
    decodeURIComponent(path);
  } catch {
    return refuse(invalid("path", "the address is not valid percent-encoded text"));
  }
  const [, parties, party, room] = path.split("/");
  if (parties !== "parties") return null;
  if (party === undefined || !PARTIES.includes(party) || !room)
    return refuse(notFound("there is nothing at this address"));
  return { party: party as PartyName, room };
}

const refuse = (problem: ReturnType<typeof notFound>): Response => problem.toResponse(HEADERS);
