import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanText, isolate, lengthOf } from "./text";

describe("text that others read", () => {
  test.each<[string, string]>([
    ["Ada Lovelace", "Plain letters"],
    ["José Łukasz Việt", "accents"],
    ["李雷 葛\u{E0100}城", "ideographs, and the variant of one in which a family writes its name"],
    ["علی\u200Cرضا", "a non-joiner in a Persian name"],
    ["عَلیّ\u200Cرضا", "a non-joiner after vowel signs"],
    ["ශ්\u200Dරී", "a joiner in a Sinhala name"],
    ["അവന്\u200D", "a joiner that makes a letter's final form"],
    ["र\u200D्याब", "a joiner before the sign that takes the vowel away"],
    ["👩\u200D👩\u200D👧 👩🏽\u200D🚀 🏳\uFE0F\u200D🌈", "families, professions and flags"],
    ["🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", "Scotland's flag"],
    ["1\uFE0F\u20E3 ❤\uFE0F ❤\uFE0E", "keycaps, and emoji that ask for a form"],
    ["שָׁלוֹם กรุงเทพฯ", "vowel and tone marks"],
    ["ᠮᠣᠩᠭᠣᠯ\u180Bᠠ", "a Mongolian variant"],
  ])("[NM1] %s stays as it is: %s", (text) => {
    expect(cleanText(text)).toBe(text.normalize("NFC"));
  });

  test.each<[string, string, string]>([
    ["a zero-width space", "\u200B", ""],
    ["a byte order mark", "\uFEFFA\uFEFFda", "Ada"],
    ["a right-to-left override", "Eve \u202Enimda", "Eve nimda"],
    ["isolates, marks and embeddings", "\u2066a\u2069\u200E\u200F\u061C\u202A\u202C", "a"],
    ["line breaks of every kind", "a\nb\r\nc\u2028d\u2029e\u0085f\vg\fh", "a b c d e f g h"],
    ["tabs and runs of spaces", "  a \t\u00A0\u3000 b  ", "a b"],
    ["controls", "a\u0000\u0007b\u007F\u009F", "ab"],
    ["soft hyphens and word joiners", "A\u00ADd\u2060a", "Ada"],
    ["fillers of Hangul", "\u115F\u1160\u3164\uFFA0", ""],
    ["the blank of Braille", "\u2800", ""],
    ["blank symbols", "\u{1D159}\u{13441}\uFFFC", ""],
    ["variation selectors with nothing to vary", "\uFE0Fa\uFE0F1\uFE0F\u{E0101}", "a1"],
    ["tag characters", "a\u{E0001}\u{E0062}\u{E007F}b", "ab"],
    ["a flag spelt in tags that is no flag", "🏴\u{E0061}\u{E007F}", "🏴"],
    ["half characters", "a\uD800b\uDC00", "ab"],
    ["private use", "\uE000\u{F0000}", ""],
    ["unassigned code points and noncharacters", "a\u0378\uFFFF\u{10FFFF}", "a"],
    ["marks alone", "\u0301\u0302 \u0303", ""],
    ["marks without a letter", "a \u0301b", "a b"],
    ["a joiner between Latin letters", "A\u200Dd\u200Ca", "Ada"],
    ["a joiner at an end", "\u200Dعلی\u200C", "علی"],
    ["more than one joiner", "علی\u200C\u200C\u200Dرضا", "علی\u200Dرضا"],
    ["annotations", "\uFFF9a\uFFFAb\uFFFB", "ab"],
    ["invisible operators", "a\u2061\u2062\u2063\u2064b", "ab"],
    ["a grapheme joiner", "a\u034Fb", "ab"],
  ])("[NM1] %s: %j reads %j", (_, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  test("[NM1] at most four marks are stacked on a letter, and none is repeated", () => {
    const zalgo = Array.from(
      "Zalgo",
      (letter) => letter + "\u0316\u0317\u0318\u0319\u031C\u031D".repeat(20),
    ).join("");
    expect(cleanText(zalgo)).toBe(
      Array.from("Zalgo", (letter) => `${letter}\u0316\u0317\u0318\u0319`).join(""),
    );
    expect(cleanText("x\u0336\u0336\u0336")).toBe("x\u0336");
  });

  /** Text with many invisible characters, reordering characters and marks. */
  const odd = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...Array.from(
            "aé \n\t\u0085\u200B\u200C\u200D\u200E\u202E\u2066\u2800\u3164\uFE0F\uFEFF\u0301\u0316\u20E3\u180Bم्कﷺ🏴👩❤1",
          ),
        ),
        fc.constantFrom("\u{E0067}", "\u{E007F}", "\u{E0100}", "\u{1F3FD}", "\uD83D", "\u1100", "\u1161"),
        fc.string({ unit: "binary", maxLength: 2 }),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(""));

  test("[NM1] any cleaned text is visible, in one line and without controls, and cleaning it again changes nothing", () => {
    fc.assert(
      fc.property(odd, (text) => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
        expect(clean).toBe(clean.trim());
        expect(clean).not.toMatch(
          /[\p{Cc}\p{Cs}\p{Co}\u2028\u2029\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]|\s\s/u,
        );
        if (clean !== "") expect(clean).toMatch(/[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}]/u);
        expect(clean.normalize("NFD")).not.toMatch(/\p{Mn}{6}/u);
      }),
      { numRuns: 3_000 },
    );
  });
});

test("[SE4] a length counts code points", () => {
  expect(lengthOf("")).toBe(0);
  expect(lengthOf("ab👩‍👧")).toBe(5);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(lengthOf(text)).toBe(Array.from(text).length);
    }),
  );
});

test("[NM1] in a label a name is isolated if it could reorder the text around it", () => {
  expect(isolate("Ada")).toBe("Ada");
  expect(isolate("שרה")).toBe("\u2068שרה\u2069");
  expect(isolate("Ada ٣")).toBe("\u2068Ada ٣\u2069");
});
