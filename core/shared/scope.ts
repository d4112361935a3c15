import * as v from "valibot";
import { ID_LENGTH } from "./limits";

/**
 * What a connection hears (VW1): `roster` everybody; `users` a watch list and, if asked for, the counts of everybody;
 * `summary` only the counts; `none` nothing about others. Every connection hears about its own user.
 */
export type Scope =
  | { readonly kind: "roster" }
  | { readonly kind: "users"; readonly ids: readonly string[]; readonly counts: boolean }
  | { readonly kind: "summary" }
  | { readonly kind: "none" };

/** The kinds of scope (VW1). */
export type ScopeKind = Scope["kind"];

export const SCOPE_KINDS = ["roster", "users", "summary", "none"] as const satisfies readonly ScopeKind[];

/** What a client really hears: its scope, or `pages` if it asked for the roster of a room that is too large (VW2). */
export type Mode = ScopeKind | "pages";

export const MODES = [...SCOPE_KINDS, "pages"] as const satisfies readonly Mode[];

export const EVERYBODY: Scope = { kind: "roster" };

/** One scope that covers all of these, for a page whose parts ask for different scopes. */
export function unionOf(scopes: Iterable<Scope>): Scope {
  const ids = new Set<string>();
  let watches = false;
  let counts = false;
  for (const scope of scopes) {
    switch (scope.kind) {
      case "roster":
        return EVERYBODY;
      case "users":
        watches = true;
        counts ||= scope.counts;
        for (const id of scope.ids) ids.add(id);
        break;
      case "summary":
        counts = true;
        break;
      case "none":
        break;
      default:
        scope satisfies never;
    }
  }
  if (watches) return { kind: "users", ids: [...ids], counts };
  return { kind: counts ? "summary" : "none" };
}

/** Whether two scopes ask for the same. */
export function sameScope(a: Scope, b: Scope): boolean {
  if (a.kind !== "users" || b.kind !== "users") return a.kind === b.kind;
  if (a.counts !== b.counts || a.ids.length !== b.ids.length) return false;
  const known = new Set(a.ids);
  return b.ids.every((id) => known.has(id));
}

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(ID_LENGTH));

/** The message with which a client changes its scope. */
export const scopeMessageSchema = v.variant("scope", [
  v.object({ type: v.literal("scope"), scope: v.literal("roster") }),
  v.object({
    type: v.literal("scope"),
    scope: v.literal("users"),
    ids: v.array(id),
    counts: v.optional(v.boolean(), false),
  }),
  v.object({ type: v.literal("scope"), scope: v.literal("summary") }),
  v.object({ type: v.literal("scope"), scope: v.literal("none") }),
]);

/** A `scope` message. */
export type ScopeMessage = v.InferOutput<typeof scopeMessageSchema>;

/** The message that asks for a scope. */
export function toScopeMessage(scope: Scope): ScopeMessage {
  if (scope.kind !== "users") return { type: "scope", scope: scope.kind };
  return { type: "scope", scope: "users", ids: [...scope.ids], counts: scope.counts };
}

/** The scope that a message asks for. */
export function fromScopeMessage(message: ScopeMessage): Scope {
  if (message.scope !== "users") return { kind: message.scope };
  return { kind: "users", ids: message.ids, counts: message.counts };
}
