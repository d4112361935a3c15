import * as v from "valibot";

/** A lone surrogate cannot be stored or sent as UTF-8: what it stands in would be another text on its way. */
export const wellFormed = v.check((text: string) => !/\p{Surrogate}/u.test(text), "must be well-formed text");
