import { DEFAULT_LIMITS } from "../../core/shared/limits";
import { cleanText, lengthOf } from "../../core/shared/text";

export type GuestName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a typed name, and explains what is wrong with it (NM1). It may have `most` code points (SE4). Extra spaces are
 * removed. Invisible characters are an error, because the user can type another name. The form and the server both use
 * this.
 */
export function readGuestName(typed: string, most: number = DEFAULT_LIMITS.nameLength): GuestName {
  const name = cleanText(typed);
  if (name === "") return { ok: false, problem: "Enter a name, so that the others know who you are." };
  if (name !== typed.normalize("NFC").trim().replace(/\s+/gu, " "))
    return { ok: false, problem: "The name has characters that cannot be shown." };
  const over = lengthOf(name) - most;
  if (over > 0)
    return { ok: false, problem: `The name is ${over} ${over === 1 ? "character" : "characters"} too long.` };
  return { ok: true, name };
}
