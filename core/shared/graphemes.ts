/** A character with its marks, skin tone and joined characters. Two regional indicators are one flag. */
const ROUGHLY =
  /\p{Regional_Indicator}{2}|\P{Mark}[\p{Mark}\p{Emoji_Modifier}\u{E0020}-\u{E007F}]*(?:\u200D\P{Mark}[\p{Mark}\p{Emoji_Modifier}\u{E0020}-\u{E007F}]*)*|./gsu;

let segmenter: Intl.Segmenter | null | undefined;

/**
 * The characters of a text as a reader counts them: a flag or a family is one. Runtimes without `Intl.Segmenter`
 * (Firefox before 125) get an approximation that differs only for rare scripts (BR1).
 */
export function graphemesOf(text: string): string[] {
  // Created at the first use, because a module that throws while it loads breaks the whole app.
  segmenter ??= makeSegmenter();
  if (segmenter === null) return text.match(ROUGHLY) ?? [];
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function makeSegmenter(): Intl.Segmenter | null {
  try {
    return new Intl.Segmenter("en", { granularity: "grapheme" });
  } catch {
    return null;
  }
}
