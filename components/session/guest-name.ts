import { DEFAULT_LIMITS } from "../../core/limits";

export type GuestName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly problem: string };

/** A name made of spaces and invisible marks alone would be nobody. */
const VISIBLE = /[\p{Letter}\p{Number}\p{Punctuation}\p{Symbol}]/u;
/** Marks that reorder or break the text around a name, and halves of characters. */
const HARMFUL = /[\p{Control}\p{Surrogate}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/**
 * Reads a name as somebody typed it, and says in words what is wrong with it: it may have `most` UTF-16 code
 * units (SE4). The form and the server ask alike.
 */
export function readGuestName(typed: string, most: number = DEFAULT_LIMITS.nameLength): GuestName {
  const name = typed.normalize("NFC").trim().replace(/\s+/gu, " ");
  if (!VISIBLE.test(name))
    return { ok: false, problem: "Enter a name, so that the others know who you are." };
  if (HARMFUL.test(name)) return { ok: false, problem: "The name has characters that cannot be shown." };
  if (name.length > most) {
    const over = name.length - most;
    return { ok: false, problem: `The name is ${over} ${over === 1 ? "character" : "characters"} too long.` };
  }
  return { ok: true, name };
}
