import { graphemesOf } from "../../core/shared/graphemes";

/** The first characters of a name's first and last words; of a single word the first alone. */
export function initials(name: string): string {
  const words = name.split(/[\s\-_.@]+/u).filter((word) => /[\p{Letter}\p{Number}\p{Symbol}]/u.test(word));
  const first = words[0] ?? name;
  const last = words.length > 1 ? words.at(-1) : undefined;
  // The same for every reader: a Turkish browser must not disagree with the server that rendered the page.
  return (firstOf(first) + firstOf(last ?? "")).toUpperCase();
}

function firstOf(word: string): string {
  // Two plain letters need nobody to tell where the first one ends.
  if (/^[A-Za-z0-9]{2}/.test(word)) return word.charAt(0);
  // A flag or a family is one character to whoever reads it.
  return graphemesOf(word).find((grapheme) => /[\p{Letter}\p{Number}\p{Symbol}]/u.test(grapheme)) ?? "";
}

/** A hue in degrees that is always the same for an id, whatever the name is. */
export function hueOf(id: string): number {
  // FNV-1a: ids that differ in their last character alone still get hues far apart.
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1)
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return ((hash >>> 8) ^ (hash & 0xff)) % 360;
}
