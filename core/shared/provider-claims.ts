import { ANY_ROOM, readClaims, type ClaimLimits, type ClaimsResult } from "./claims";
import { isRoomName } from "./limits";
import { cleanText } from "./text";

/**
 * Which claims of an identity provider's tokens Rollcall uses (SE1). A claim is named by its name. A claim inside
 * another claim is written with dots: `public_metadata.role`.
 */
export interface ClaimMapping {
  /** The claim with the user's name; null for the usual ones, unless they hold an e-mail address. */
  readonly name: string | null;
  /**
   * The claim with the rooms: an array of names, or one name. Entries that are not valid room names open nothing,
   * because a provider's list of groups may have other entries.
   */
  readonly rooms: string;
  /**
   * The rooms that a token without rooms opens, always as a member: a default must not make an organisation's admin an
   * admin of everybody. Empty to refuse such a token.
   */
  readonly defaultRooms: readonly string[];
  /** The claim and value that make an admin; null if a provider's token makes nobody an admin. */
  readonly admin: { readonly claim: string; readonly value: string } | null;
}

/** Claims for a name, the best first. Others read the name, so an e-mail address is used only if it is configured. */
const USUAL_NAMES = ["name", "preferred_username", "nickname"];
const ADDRESS = /\S@\S/;

/**
 * Reads the claims of a provider's token like those of Rollcall's own tokens, and names the first one that is wrong.
 * Claims that grant access are checked as strictly. A picture that is not valid is left out. Never throws.
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
  // The provider chose the picture, so a bad one does not refuse the user.
  const pictured = plain.ok ? readClaims({ ...mapped, picture }, limits) : plain;
  if (pictured.ok) return pictured;
  // Name the claim as it is configured.
  return plain.ok ? plain : { ...plain, claim: plain.claim.replace(/^rooms\b/, mapping.rooms) };
}

/**
 * The name in the token: by default the first usual claim that is visible and no e-mail address. Empty if a name exists
 * but is not visible, so that the user enters under their id (NM1); null if there is none.
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
  // An empty list means that the user may enter no room. Only a missing claim gets the default.
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

/** The claim of this name, or at this path. A name itself may contain dots: `https://example.com/rooms`. */
function claimAt(payload: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
