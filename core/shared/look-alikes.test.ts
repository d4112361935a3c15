import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LookAlikes } from "./look-alikes";
import { isAddressable, shortId, visibleId } from "./names";
import { skeletonsOf } from "./skeleton";

const lookAlike = (a: string, b: string) => skeletonsOf(a).some((each) => skeletonsOf(b).includes(each));

describe("names that look alike", () => {
  test.each<[string, string, string]>([
    ["case", "ADA lovelace", "Ada Lovelace"],
    ["width", "Ａｄａ", "Ada"],
    ["accents", "José", "Jose"],
    ["accents that are drawn through a letter", "Łukasz Sørensen", "Lukasz Sorensen"],
    ["combining marks", "Ad\u0331a", "Ada"],
    ["Cyrillic", "Аdа Lоvеlасе", "Ada Lovelace"],
    ["Cyrillic alone", "СОСО", "COCO"],
    ["Greek", "Νina", "Nina"],
    ["Greek alone", "Ενα", "Eva"],
    ["the case of Greek letters", "ΓΙΑΝΝΗΣ", "Γιάννης"],
    ["the case of Cyrillic letters", "МАРИЯ", "мария"],
    ["Armenian", "Սոո", "Unn"],
    ["Cherokee", "ᎪᎠᎪ", "ADA"],
    ["letters of mathematics", "𝐀𝐝𝐚", "Ada"],
    ["letters in circles", "Ⓐⓓⓐ", "Ada"],
    ["digits for letters", "PaypaI 0ne", "Paypa1 One"],
    ["a bar for a letter", "Pau|", "Paul"],
    ["two letters for one", "Morn", "Mom"],
    ["ligatures", "ﬁona Straße", "fiona STRASSE"],
    ["apostrophes and dashes", "O’Brien–Lee", "O'Brien-Lee"],
    ["the dotless i", "ılker", "Ilker"],
    ["joiners", "علی\u200Cرضا", "علیرضا"],
  ])("[NM1] in %s: %s and %s", (_, a, b) => {
    expect(lookAlike(a, b)).toBe(true);
  });

  test.each([
    ["Ada", "Ava"],
    ["Ben", "Den"],
    ["राम", "रमा"],
    ["李雷", "李蕾"],
    ["Ada", "Ada L"],
    ["Сергей", "Андрей"],
  ])("[NM1] %s and %s do not", (a, b) => {
    expect(lookAlike(a, b)).toBe(false);
  });

  test("[NM1] users whose names look alike get labels that differ, and nobody else gets a label", () => {
    const list = new LookAlikes();
    list.replace([
      { id: "u1", name: "Ada" },
      { id: "guest-0123456789ab", name: "Аda" },
      { id: "u3", name: "Ben" },
    ]);
    expect(["u1", "guest-0123456789ab", "u3", "nobody"].map((id) => list.labelOf(id))).toEqual([
      "u1",
      "guest…6789ab",
      null,
      null,
    ]);
    expect(list.change("u1", "Cleo")).toBe(true);
    expect(list.labelOf("guest-0123456789ab")).toBeNull();
    expect(list.change("u4", "Dora")).toBe(false);
  });

  test.each<[string, string, string]>([
    ["with the same ends", "ada.lovelace1@example.com", "ada.lovelace2@example.com"],
    ["with letters of another script", "ada", "аda"],
    ["with invisible characters", "ada", "ada\u200B"],
    ["composed otherwise", "\u00E9", "e\u0301"],
    ["of spaces", " ", "  "],
    ["of digits that look like letters", "l0", "lo"],
  ])("[NM1] ids %s tell people apart, too", (_, a, b) => {
    const list = new LookAlikes();
    list.replace([a, b].map((id) => ({ id, name: "Ada" })));
    expect(list.labelOf(a)).not.toBe(list.labelOf(b));
    expect(list.labelOf(a)).not.toBeNull();
  });

  const name = fc.constantFrom("Ada", "Аda", "ADA", "Ben", "Вen", "Cleo", "Ενα", "Eva");
  const id = fc.constantFrom("a", "b", "guest-aaaaaaaaaaaa", "guest-aaaa1aaaaaaaa", "guest-aaaaaaaaaaab");

  test("[NM1] after any changes the labels equal those of a new list, and every change of a label was reported", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.option(name, { nil: undefined }))), (changes) => {
        const list = new LookAlikes();
        const people = new Map<string, string>();
        for (const [who, called] of changes) {
          const before = [...people.keys()].map((each) => list.labelOf(each));
          const known = [...people.keys()];
          const told = list.change(who, called);
          if (!told)
            expect(known.filter((each) => each !== who).map((each) => list.labelOf(each))).toEqual(
              before.filter((_, index) => known[index] !== who),
            );
          if (called === undefined) people.delete(who);
          else people.set(who, called);
          const anew = new LookAlikes();
          anew.replace([...people].map(([one, its]) => ({ id: one, name: its })));
          for (const each of people.keys()) expect(list.labelOf(each)).toBe(anew.labelOf(each));
        }
      }),
    );
  });
});

test("[NM1] every character of an id is shown", () => {
  expect(visibleId("auth0|ada lovelace")).toBe("auth0|ada lovelace");
  expect(visibleId(" a\u202E\u200B\n\u0301  ")).toBe(
    "\\u{20}a\\u{202e}\\u{200b}\\u{a}\\u{301}\\u{20}\\u{20}",
  );
  expect(shortId("x".repeat(12))).toBe("x".repeat(12));
  expect(shortId("0123456789abc")).toBe("01234…789abc");
});

test("[NM2] a URL can name every user except dot segments, in any spelling", () => {
  for (const id of [".", "..", "%2e", "%2E%2e", ".%2E", "%2e."]) expect(isAddressable(id)).toBe(false);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (id) => {
      if (!isAddressable(id)) return;
      const { pathname } = new URL(`https://rollcall.test/users/${encodeURIComponent(id)}/history`);
      expect(pathname.split("/").map(decodeURIComponent)).toEqual(["", "users", id, "history"]);
    }),
  );
});
