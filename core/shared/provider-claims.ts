import { ANY_ROOM, readClaims, type ClaimLimits, type ClaimsResult } from "./claims";
import { isRoomName } from "./limits";
import { cleanText } from "./text";

/**
 * Where an identity provider's tokens say what Rollcall asks for (SE1). A claim is named by its name, or by
 * names with dots between them when it is inside another: `public_metadata.role`.
 */
export interface ClaimMapping {
  /** The claim that holds the user's name; null for the usual ones, of which none that is an address is taken. */
  readonly name: string | null;
  /**
   * The claim that holds the names of the rooms, in an array, or the name of a single one. What can be no room's
   * name opens nothing: a provider's list of groups may well have such.
   */
  readonly rooms: string;
  /**
   * The rooms that a token opens which names none, for members: an admin is one in rooms that the token itself names, since
   * an organisation's admin must not become everybody's by a default. Empty to refuse such a token.
   */
  readonly defaultRooms: readonly string[];
  /** Who is an admin; null when nobody is one by a provider's token. */
  readonly admin: { readonly claim: string; readonly value: string } | null;
}

/** Claims for a name, the best first. Other members read the name, so that an address is none unless it is asked for. */
const USUAL_NAMES = ["name", "preferred_username", "nickname"];
const ADDRESS = /\S@\S/;

/**
 * Reads the claims of a provider's token as if it were one of Rollcall's own, and says what is missing. What
 * decides over access is taken as strictly as there; a picture that cannot be shown is left out. Never throws.
 */
export function readProviderClaims(
  payload: Readonly<Record<string, unknown>>,
  mapping: ClaimMapping,
  limits: ClaimLimits,
): ClaimsResult {
  const name = nameIn(payload, mapping.name);
  if (name === null) {
    const detail = "is missing: the token has no name that others may read";
    return { ok: false, reason: "invalid", claim: mapping.name ?? USUAL_NAMES[0] ?? "name", detail };
  }
  const rooms = roomsIn(payload, mapping);
  if (rooms === null) {
    const detail = "is missing, and no rooms are set for tokens without it";
    return { ok: false, reason: "invalid", claim: mapping.rooms, detail };
  }
  const { sub, sid, iat, exp, picture } = payload;
  const role = isAdmin(payload, mapping) && rooms !== mapping.defaultRooms ? "admin" : "member";
  const mapped = { sub, sid, iat, exp, name, rooms, role };
  const plain = readClaims(mapped, limits);
  // A picture is an ornament, and the provider's: nobody is kept out for it.
  const pictured = plain.ok ? readClaims({ ...mapped, picture }, limits) : plain;
  if (pictured.ok) return pictured;
  // Named as whoever set this up knows it.
  return plain.ok ? plain : { ...plain, claim: plain.claim.replace(/^rooms\b/, mapping.rooms) };
}

/**
 * The name that the token gives: of the usual ones the first that shows anything and is no address. Empty when there is
 * one and it shows nothing, so that its user is let in under their id (NM1); null when there is none.
 */
function nameIn(payload: Readonly<Record<string, unknown>>, claim: string | null): string | null {
  const claims = claim === null ? USUAL_NAMES.map((usual) => payload[usual]) : [claimAt(payload, claim)];
  const names = claims
    .filter((value) => typeof value === "string")
    .map(cleanText)
    .filter((name) => claim !== null || !ADDRESS.test(name));
  return names.find((name) => name !== "") ?? names[0] ?? null;
}

function roomsIn(payload: Readonly<Record<string, unknown>>, mapping: ClaimMapping): unknown {
  const given = claimAt(payload, mapping.rooms);
  // An empty list is an answer: this user may enter no room. Only silence has the default.
  if (given === undefined || given === null)
    return mapping.defaultRooms.length > 0 ? mapping.defaultRooms : null;
  const named: unknown = typeof given === "string" ? [given] : given;
  return Array.isArray(named) ? named.filter(isNameOfRooms) : named;
}

function isNameOfRooms(value: unknown): boolean {
  return typeof value === "string" && (value === ANY_ROOM || isRoomName(value));
}

function isAdmin(payload: Readonly<Record<string, unknown>>, { admin }: ClaimMapping): boolean {
  if (!admin) return false;
  const given = claimAt(payload, admin.claim);
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  return values.some((value) => isScalar(value) && String(value) === admin.value);
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** The claim of this name, or at the end of this path. Names themselves may have dots, as in `https://example.com/rooms`. */
function claimAt(payload: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
