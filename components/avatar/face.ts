import { graphemesOf } from "../../core/shared/graphemes";

/** The first characters of a name's first and last word. A single word gives one. */
export function initials(name: string): string {
  const words = name.split(/[\s\-_.@]+/u).filter((word) => /[\p{Letter}\p{Number}\p{Symbol}]/u.test(word));
  const first = words[0] ?? name;
  const last = words.length > 1 ? words.at(-1) : undefined;
  // Independent of the locale: a Turkish browser must agree with the server that rendered the page.
  return (firstOf(first) + firstOf(last ?? "")).toUpperCase();
}

function firstOf(word: string): string {
  // ASCII letters need no segmenter.
  if (/^[A-Za-z0-9]{2}/.test(word)) return word.charAt(0);
  // A reader sees a flag or a family as one character.
  return graphemesOf(word).find((grapheme) => /[\p{Letter}\p{Number}\p{Symbol}]/u.test(grapheme)) ?? "";
}

/** A hue in degrees, always the same for an id. */
export function hueOf(id: string): number {
  // FNV-1a gives distant hues to ids that differ only in the last character.
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1)
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return ((hash >>> 8) ^ (hash & 0xff)) % 360;
}
