import { cleanText, lengthOf } from "./text";

/** The name of a user whose name and id both have no visible character. */
const UNNAMED = "Unnamed";

/**
 * The name that others read, from any source (NM1): clean, and never empty. If nothing visible is left of the name, it
 * is the id, cut to `most` code points.
 */
export function nameOf(name: string, id: string, most: number): string {
  return cleanText(name) || cleanText(Array.from(cleanText(id)).slice(0, most).join("")) || UNNAMED;
}

/** Segments that URLs resolve before they are sent: `.` and `..`, in any spelling. */
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;

/**
 * Whether a URL can name a user of this id, as one percent-encoded segment (NM2). It can contain anything except `.`
 * and `..`, which are resolved before a request is sent. `%2e` is refused as well, because a proxy may decode it once
 * too often.
 */
export function isAddressable(id: string): boolean {
  return !DOT_SEGMENT.test(id);
}

/** Characters that are invisible, or look like nothing, when an id is shown. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\p{M}\u2028\u2029\u2800\uFFFC]|(?! )\p{Zs}|^ | $| (?= )/gu;

/** An id as text that shows every character: invisible ones are written as code points, `\u{200b}` (NM1). */
export function visibleId(id: string): string {
  return id.replace(UNSEEN, codePoint);
}

/** The same, with every character that is not ASCII as a code point, so that no two ids look alike. */
export function asciiId(id: string): string {
  return visibleId(id).replace(/[^\0-\x7f]/gu, codePoint);
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
}

const WHOLE = 12;

/** An id in a few characters, which is usually enough to tell users in a list apart (NM1): `guest…7f03a1`. */
export function shortId(id: string): string {
  const visible = visibleId(id);
  if (lengthOf(visible) <= WHOLE) return visible;
  const characters = Array.from(visible);
  return `${characters.slice(0, 5).join("")}…${characters.slice(-6).join("")}`;
}
