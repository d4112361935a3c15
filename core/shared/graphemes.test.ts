import { afterEach, beforeEach, expect, test, vi } from "vitest";

const TEXTS: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["Ada", ["A", "d", "a"]],
  ["Zoë", ["Z", "o", "ë"]],
  ["Zoe\u0308", ["Z", "o", "e\u0308"]],
  ["🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]],
  ["👩‍👩‍👧‍👦!", ["👩‍👩‍👧‍👦", "!"]],
  ["👍🏽👍", ["👍🏽", "👍"]],
  ["❤️1️⃣", ["❤️", "1️⃣"]],
  ["🏴󠁧󠁢󠁳󠁣󠁴󠁿x", ["🏴󠁧󠁢󠁳󠁣󠁴󠁿", "x"]],
];

beforeEach(() => void vi.resetModules());
afterEach(() => void vi.unstubAllGlobals());

const lacks = (name: keyof typeof Intl) => vi.stubGlobal("Intl", { ...own(Intl), [name]: undefined });
const own = (object: object) =>
  Object.fromEntries(Object.getOwnPropertyNames(object).map((name) => [name, Reflect.get(object, name)]));

test.each(TEXTS)("the characters of «%s» are those that a reader counts", async (text, characters) => {
  const { graphemesOf } = await import("./graphemes");
  expect(graphemesOf(text)).toEqual(characters);
});

test.each(TEXTS)(
  "[BR1] the characters of «%s» are the same without Intl.Segmenter",
  async (text, characters) => {
    lacks("Segmenter");
    const { graphemesOf } = await import("./graphemes");
    expect(graphemesOf(text)).toEqual(characters);
  },
);

test("[BR1] [ST4] without Intl.Segmenter one emoji still counts as one, and two as two", async () => {
  lacks("Segmenter");
  const { isEmoji } = await import("./choices");
  expect(["🎉", "🇩🇪", "👩‍👩‍👧‍👦", "👍🏽", "1️⃣"].filter((text) => !isEmoji(text))).toEqual([]);
  expect(["🎉🎉", "🇩🇪🇫🇷", "a", "", "1"].filter(isEmoji)).toEqual([]);
});

test("[BR1] without Intl.Collator users are still sorted, ignoring case and accents", async () => {
  lacks("Collator");
  const { compareUsers } = await import("./roster-query");
  const people = ["zoe", "Émile", "adam", "Bea", "eve"].map((name, index) => ({ id: String(index), name }));
  expect(people.toSorted(compareUsers).map(({ name }) => name)).toEqual([
    "adam",
    "Bea",
    "Émile",
    "eve",
    "zoe",
  ]);
});
