import * as v from "valibot";
import { ID_LENGTH, LONGEST_DURATION_MS } from "../shared/limits";
import { PROTOCOL_VERSION } from "./protocol";
import { SCOPE_KINDS, type ScopeKind } from "../shared/scope";
import type { Activity } from "../shared/terms";

/**
 * What a client sends when it connects, as query parameters: `v` the protocol's version; `client` the page's own id;
 * `idle` and `hidden` its activity in milliseconds (no `hidden` while the page is visible); `observe=1` to watch
 * without being present, which only admins may; `scope` what it wants to hear (VW1); `epoch` and `seq` its resume point
 * (SY4). Identity and role are not among them, because they come only from the token (SE2).
 */
export interface Hello {
  readonly clientId: string;
  readonly activity: Activity;
  readonly observe: boolean;
  readonly scope: ScopeKind;
  /** The client's resume point; null if it has no roster. */
  readonly resumeFrom: ResumePoint | null;
}

/** The last position in a feed's diffs that a client has received (SY4). */
export interface ResumePoint {
  readonly epoch: string;
  readonly seq: number;
}

export type HelloResult =
  | { readonly ok: true; readonly hello: Hello }
  | { readonly ok: false; readonly reason: "version" | "malformed"; readonly detail: string };

/** Longer durations count as the longest that a client can report. */
const milliseconds = v.pipe(
  v.string(),
  v.regex(/^\d{1,11}$/),
  v.transform((text) => Math.min(Number(text), LONGEST_DURATION_MS)),
);
const schema = v.object({
  client: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.maxLength(ID_LENGTH)),
  idle: v.optional(milliseconds, "0"),
  hidden: v.optional(milliseconds),
  observe: v.optional(v.picklist(["0", "1"]), "0"),
  scope: v.optional(v.picklist(SCOPE_KINDS), "roster"),
  epoch: v.optional(v.pipe(v.string(), v.maxLength(64))),
  seq: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))),
});

/** Reads any query parameters from a client (SE3). Never throws. */
export function readHello(params: URLSearchParams): HelloResult {
  const version = params.get("v");
  if (version !== String(PROTOCOL_VERSION)) {
    return { ok: false, reason: "version", detail: `this server speaks version ${PROTOCOL_VERSION}` };
  }
  const result = v.safeParse(schema, Object.fromEntries(params));
  if (!result.success) {
    const issue = result.issues[0];
    return { ok: false, reason: "malformed", detail: `${String(issue.path?.[0].key)}: ${issue.message}` };
  }
  const { client, idle, hidden, observe, scope, epoch, seq } = result.output;
  return {
    ok: true,
    hello: {
      clientId: client,
      activity: { idleMs: idle, hiddenMs: hidden ?? null },
      observe: observe === "1",
      scope,
      resumeFrom: epoch !== undefined && seq !== undefined ? { epoch, seq } : null,
    },
  };
}

/** Encodes a hello as query parameters. */
export function helloParams(
  hello: Omit<Hello, "scope" | "resumeFrom"> & Partial<Hello>,
): Record<string, string> {
  const { clientId, activity, observe, scope = "roster", resumeFrom = null } = hello;
  const params: Record<string, string> = {
    v: String(PROTOCOL_VERSION),
    client: clientId,
    idle: whole(activity.idleMs),
  };
  if (activity.hiddenMs !== null) params["hidden"] = whole(activity.hiddenMs);
  if (observe) params["observe"] = "1";
  if (scope !== "roster") params["scope"] = scope;
  if (resumeFrom) Object.assign(params, { epoch: resumeFrom.epoch, seq: String(resumeFrom.seq) });
  return params;
}

function whole(ms: number): string {
  return String(Math.min(Math.max(0, Math.round(ms)), LONGEST_DURATION_MS));
}
