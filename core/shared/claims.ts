import * as v from "valibot";
import { DEFAULT_LIMITS, ID_LENGTH, isRoomName } from "./limits";
import { isAddressable, nameOf } from "./names";
import { cleanText, lengthOf, wellFormed } from "./text";

/** The `aud` that a token must have, so that a token of another system opens nothing here. */
export const TOKEN_AUDIENCE = "rollcall";

/** Tokens are for connecting and are not sessions. A longer lifetime is refused (SE1). */
export const MAX_TOKEN_LIFETIME_S = 15 * 60;

/** The entry of `rooms` that opens every room. */
export const ANY_ROOM = "*";

const identifier = v.pipe(v.string(), v.nonEmpty(), v.maxLength(ID_LENGTH), wellFormed);
const userId = v.pipe(
  identifier,
  v.check(isAddressable, "must not be . or .. or %2e, since no URL can name such a user"),
);
const picture = v.pipe(v.string(), v.url(), v.startsWith("https://"), v.regex(/^[^\s\p{C}]+$/u));
const roomName = v.pipe(
  v.string(),
  v.check((name) => name === ANY_ROOM || isRoomName(name), "must be a room's name or *"),
);

/**
 * The claims of a token (SE1): the user's stable id, name and picture; the rooms it opens and the role in them; the id
 * of its sign-in, so that signing out can end exactly that one (GR2); and whether the user is a guest, who is forgotten
 * soon (DB3). The name is cleaned and may then be empty (NM1). `readClaims` replaces an empty name with the id, and
 * checks the lengths of the name and of the picture's URL.
 */
export const claimsSchema = v.object({
  sub: userId,
  name: v.pipe(v.string(), v.transform(cleanText)),
  picture: v.optional(v.nullable(picture), null),
  rooms: v.pipe(v.array(roomName), v.minLength(1), v.maxLength(100)),
  role: v.optional(v.picklist(["member", "admin"]), "member"),
  sid: v.optional(identifier),
  guest: v.optional(v.boolean()),
  iat: v.number(),
  exp: v.number(),
});

export type Claims = v.InferOutput<typeof claimsSchema>;

/** Whether the token opens the room. */
export function opensRoom({ rooms }: { readonly rooms: readonly string[] }, room: string): boolean {
  return rooms.includes(ANY_ROOM) || rooms.includes(room);
}

export type ClaimsResult =
  | { readonly ok: true; readonly claims: Claims }
  | {
      readonly ok: false;
      /** `tooLong` if the limit is a setting (SE4). */
      readonly reason: "invalid" | "tooLong";
      readonly claim: string;
      readonly detail: string;
    };

/** The limits on lengths of claims (SE4). */
export interface ClaimLimits {
  /** Code points of a user's name. */
  readonly nameLength: number;
  /** Characters of a picture's URL. */
  readonly pictureLength: number;
}

/** Reads claims from any value, and names the first one that is wrong. Never throws. */
export function readClaims(payload: unknown, limits: ClaimLimits = DEFAULT_LIMITS): ClaimsResult {
  const result = v.safeParse(claimsSchema, payload);
  if (!result.success) {
    const issue = result.issues[0];
    const claim = v.getDotPath(issue) ?? "payload";
    return { ok: false, reason: "invalid", claim, detail: `is not valid: ${issue.message}` };
  }
  const { nameLength, pictureLength } = limits;
  const { sub, name } = result.output;
  const claims = { ...result.output, name: nameOf(name, sub, nameLength) };
  return (
    tooLong("name", claims.name, nameLength) ??
    tooLong("picture", claims.picture ?? "", pictureLength) ?? { ok: true, claims }
  );
}

function tooLong(claim: string, text: string, most: number): ClaimsResult | null {
  const length = lengthOf(text);
  if (length <= most) return null;
  const detail = `is not valid: it may have ${most} characters, and has ${length}`;
  return { ok: false, reason: "tooLong", claim, detail };
}
