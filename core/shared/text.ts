import * as v from "valibot";

/** Lone surrogates are refused, because UTF-8 cannot store or send them unchanged. */
export const wellFormed = v.check((text: string) => !/\p{Surrogate}/u.test(text), "must be well-formed text");

/** The length of a text in Unicode code points, so that a letter outside the basic plane counts once. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    if ((text.codePointAt(index) as number) <= 0xffff) continue;
    length -= 1;
    index += 1;
  }
  return length;
}

/** Printable ASCII with single spaces. Most names are like this and need no cleaning. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** Separators of words or lines, and the Braille blank. U+FEFF has no width and is not a blank. */
const BLANKS = /(?:(?!\uFEFF)\s|[\u0085\u2800])+/gu;

/** Controls, lone surrogates, private use, formatting characters, and symbols that draw nothing. */
const HIDDEN =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC\u{1D159}\u{13441}\u{13442}]|(?!\p{Extended_Pictographic})\p{Cn}/u;

const MARK = /\p{M}/u;
const STACKED_MARK = /[\p{Mn}\p{Me}]/u;

/** Marks that may be stacked on one letter (UTS #39, section 5.4). More would cover the lines above and below. */
const MOST_STACKED = 4;

const ZERO_WIDTH_JOINER = "\u200D";
const JOINER = /[\u200C\u200D]/;
const PICTOGRAPH = /\p{Extended_Pictographic}/u;
/** The end of an emoji: a pictograph, a skin tone, or the selector for colour. */
const EMOJI_END = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]/u;

/** Scripts whose letters change their form at a joiner or non-joiner. */
const JOINING =
  /(?=[\p{L}\p{M}])[\p{scx=Arabic}\p{scx=Syriac}\p{scx=Mandaic}\p{scx=Nko}\p{scx=Mongolian}\p{scx=Devanagari}\p{scx=Bengali}\p{scx=Gurmukhi}\p{scx=Gujarati}\p{scx=Oriya}\p{scx=Tamil}\p{scx=Telugu}\p{scx=Kannada}\p{scx=Malayalam}\p{scx=Sinhala}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}\p{scx=Balinese}\p{scx=Javanese}]/u;

/** Signs that remove a consonant's vowel. A joiner after one selects the consonant's form (RFC 5892, A.1 and A.2). */
const VIRAMA =
  /[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0DCA\u0F84\u1039\u103A\u17D2\u1B44\uA9C0]/;

/** The flags that are spelt in tag characters. Only these three are in use. */
const SPELT_FLAGS: ReadonlySet<string> = new Set(
  ["gbeng", "gbsct", "gbwls"].map((region) =>
    String.fromCodePoint(...Array.from(region, (letter) => 0xe0000 + letter.charCodeAt(0)), 0xe007f),
  ),
);
const BLACK_FLAG = "\u{1F3F4}";

/**
 * The text in a form that is safe to show to others (NM1): one line, without controls, invisible characters or
 * characters that reorder text. Joiners and variation selectors stay where a script or an emoji needs them. Marks need
 * a base letter, and at most four are stacked. Empty if nothing visible is left. Never throws.
 */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text;
  // Removing characters can create new sequences that must be removed.
  let clean = text;
  for (let before = ""; before !== clean;) {
    before = clean;
    clean = cleanOnce(clean);
  }
  return clean;
}

function cleanOnce(text: string): string {
  const characters = Array.from(text.replace(BLANKS, " ").normalize("NFD"));
  let clean = "";
  /** The last character that was kept. */
  let last = " ";
  let stacked = 0;
  for (let index = 0; index < characters.length; index += 1) {
    let character = characters[index] as string;
    if (character === BLACK_FLAG) {
      stacked = 0;
      const tags = characters.slice(index + 1, index + 7).join("");
      if (SPELT_FLAGS.has(tags)) {
        character += tags;
        index += 6;
      }
    } else if (HIDDEN.test(character)) {
      if (!isNeeded(character, last, characters[index + 1] ?? "")) continue;
    } else if (MARK.test(character)) {
      if (last === " ") continue;
      if (STACKED_MARK.test(character)) {
        if (stacked === MOST_STACKED || character === last) continue;
        stacked += 1;
      }
    } else {
      if (character === " " && last === " ") continue;
      stacked = 0;
    }
    clean += character;
    last = character;
  }
  return clean.trimEnd().normalize("NFC");
}

/** Whether a script or an emoji needs this invisible character between its neighbours. */
function isNeeded(character: string, last: string, next: string): boolean {
  if (JOINER.test(character)) {
    if (VIRAMA.test(last) || (JOINING.test(last) && JOINING.test(next))) return true;
    return character === ZERO_WIDTH_JOINER && EMOJI_END.test(last) && PICTOGRAPH.test(next);
  }
  // Text or colour for an emoji, or for the base of a keycap.
  if (/[\uFE0E\uFE0F]/.test(character))
    return PICTOGRAPH.test(last) || (/^[0-9#*]$/.test(last) && next === "\u20E3");
  // Variants of ideographs, in which families write their names, and of Mongolian letters.
  if (/[\uFE00-\uFE02\u{E0100}-\u{E01EF}]/u.test(character)) return /\p{Unified_Ideograph}/u.test(last);
  return /[\u180B-\u180F]/.test(character) && /(?=\p{L})\p{scx=Mongolian}/u.test(last);
}

/** Letters and digits that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * The text for a place without elements, such as a label or a notification, isolated from the text around it (NM1):
 * between U+2068 and U+2069 if it contains right-to-left characters, otherwise unchanged.
 */
export function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
