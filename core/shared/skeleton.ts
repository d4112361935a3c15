/**
 * Groups of characters that look alike; the first of each group represents it. They are letters of Latin, Greek,
 * Cyrillic, Armenian, Cherokee, Coptic, Hebrew, Arabic, Lisu and others, digits, and punctuation in names. They come
 * from Unicode's list of confusables (UTS #39), without those that NFKC and the removal of accents make equal. A
 * missing letter has the representative of its other case.
 */
const LOOK_ALIKES =
  "2ꝚƧϨꙄᒿꛯ 3ƷȜꞫꝪⳌЗӠ 4Ꮞ 5Ƽ 6ⳒбᏮ 8৪੪ȣ 9੧୨৭൭ꝮⳊ " +
  "aɑαа⍺ΑАᎪᗅꓮ bƄЬᏏᑲᖯꞴΒВᏴᗷꓐ cᴄⲥсСᏟꓚ dԁᏧᑯꓒᎠᗞᗪꓓđ e℮ꬲеҽΕЕⴹᎬꓰ fꬵꞙẝքꞘϜᖴꓝƒ gɡᶃƍցԌᏀᏳꓖ hһհᏂΗⲎНᎻᕼꓧħ " +
  "jϳјƝᎫᒍꓙͿЈ kΚⲔКᏦᛕꓗĸ mΜϺⲘМᎷᗰᛖꓟ nոռΝⲚꓠ o0οσоօΟОՕ०੦૦௦౦೦൦๐໐၀٥۵ᴏᴑꬽⲟჿסهھہەഠဝ߀০୦〇ⵔዐଠꓳøɵө " +
  "pρⲣрΡРᏢᑭꓑþ qԛգզⵕ rꭇꭈᴦⲅгΓꮁƦᎡᏒᖇꓣ sꜱƽѕЅՏᏕᏚꓢ tΤⲦТᎢꓔŧ uꞟᴜꭎꭒʋυսՍᑌꓴሀ v∨ᴠνѵטѴⴸᏙᐯꓦ٧۷ wɯᴡѡԝաᎳᏔꓪ " +
  "x×хΧⲬХⵝᚷꓫ yɣᶌʏỿꭚγуүყΥⲨУҮᎩᎽꓬ zᴢΖᏃꓜ " +
  "liI1|ǀ׀∣١۱ƖɩιıΙⲒіІӀӏוןاߊⵏᛁꓲɪ⍳ꙇꭵᎥłⱡ⏽ " +
  "'`´‘’‛′‵՚՝׳ʹˈˊˋ˴ʻʽʼʾꞌי -‐‑‒–—―۔⁃˗−➖ .․·•܁٠۰ꓸ ,‚٫ꓹ :։׃∶ːꓽ !ǃ ?ʔɁ пΠ фΦ лΛ ѳΘ";

const STANDS_FOR: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKES.split(" ").flatMap((group) => {
    const [first = "", ...others] = group;
    return others.map((other): [string, string] => [other, first]);
  }),
);

/** Letters that look like several letters. */
const SEVERAL: ReadonlyMap<string, string> = new Map([
  ["m", "rn"],
  ["w", "vv"],
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
]);

/** Accents, vowel signs and other marks of scripts that are also read without them. */
const ACCENTS = /(?=\p{Mn})[\p{sc=Inherited}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Cyrillic}]/gu;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const ASCII = /^[ -~]*$/;
const GREEK = /\p{sc=Greek}/u;

/**
 * The skeletons of a name (UTS #39). Two names that share a skeleton look alike: they differ only in case, width,
 * accents and letters of similar shape. Most names have one skeleton. Greek names have two, because some Greek letters
 * look like different letters in each case.
 */
export function skeletonsOf(name: string): readonly string[] {
  if (ASCII.test(name)) return [shapesOf(name)];
  const bare = name.normalize("NFKC").replace(INVISIBLE, "").normalize("NFD").replace(ACCENTS, "");
  const shape = shapesOf(bare);
  return GREEK.test(bare) ? [shape, `=${bare.toUpperCase()}`] : [shape];
}

function shapesOf(text: string): string {
  let shapes = "";
  for (const character of text) {
    let shape = known.get(character);
    if (shape === undefined) known.set(character, (shape = shapeOf(character)));
    shapes += shape;
  }
  return shapes;
}

/** A cache. Names use some dozens of different characters. */
const known = new Map<string, string>();

function shapeOf(character: string): string {
  const lower = character.toLowerCase();
  const shape =
    STANDS_FOR.get(character) ?? STANDS_FOR.get(character.toUpperCase()) ?? STANDS_FOR.get(lower) ?? lower;
  return SEVERAL.get(shape) ?? shape;
}
