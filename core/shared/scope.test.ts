import { expect, test } from "vitest";
import { decodeClientMessage, encodeClientMessage } from "../wire/protocol";
import { EVERYBODY, fromScopeMessage, sameScope, toScopeMessage, unionOf, type Scope } from "./scope";

const watch = (ids: string[], counts = false): Scope => ({ kind: "users", ids, counts });

test("[VW1] the scope of a page covers the scopes of all its parts", () => {
  expect(unionOf([])).toEqual({ kind: "none" });
  expect(unionOf([{ kind: "none" }, { kind: "summary" }])).toEqual({ kind: "summary" });
  expect(unionOf([watch(["ada"]), watch(["ben", "ada"]), { kind: "summary" }])).toEqual(
    watch(["ada", "ben"], true),
  );
  expect(unionOf([watch([]), { kind: "none" }])).toEqual(watch([]));
  expect(unionOf([watch(["ada"]), EVERYBODY])).toEqual(EVERYBODY);
});

test("[VW1] two watch lists of the same users in another order are equal", () => {
  expect(sameScope(watch(["ada", "ben"]), watch(["ben", "ada"]))).toBe(true);
  expect(sameScope(watch(["ada"]), watch(["ada"], true))).toBe(false);
  expect(sameScope(watch(["ada"]), watch(["ben"]))).toBe(false);
  expect(sameScope({ kind: "none" }, { kind: "summary" })).toBe(false);
});

test("[VW1] every scope survives the wire, even a watch list of the most ids", () => {
  const most = Array.from({ length: 1_000 }, (_, index) => `${index}`.padStart(36, "0"));
  for (const scope of [EVERYBODY, watch(most, true), { kind: "summary" }, { kind: "none" }] as const) {
    const decoded = decodeClientMessage(encodeClientMessage(toScopeMessage(scope)));
    if (!decoded.ok || decoded.message.type !== "scope") throw new Error("not understood");
    expect(fromScopeMessage(decoded.message)).toEqual(scope);
  }
});

test("[SE4] a watch list of too many ids is refused", () => {
  const message = {
    type: "scope",
    scope: "users",
    ids: Array.from({ length: 1_001 }, (_, index) => `${index}`),
  };
  expect(decodeClientMessage(JSON.stringify(message))).toMatchObject({ ok: false, code: "tooManyIds" });
});
