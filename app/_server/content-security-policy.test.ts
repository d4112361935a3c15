import { describe, expect, test } from "vitest";
import { contentSecurityPolicy } from "./content-security-policy";

function directives(headers: Record<string, string>, env: Record<string, string> = {}) {
  const policy = contentSecurityPolicy({
    nonce: "bm9uY2U=",
    headers: new Headers(headers),
    env: env as unknown as NodeJS.ProcessEnv,
  });
  return new Map(
    policy.split("; ").map((each) => [each.split(" ", 1)[0], each.slice(each.indexOf(" ") + 1)]),
  );
}

describe("the policy of a page", () => {
  test("scripts and style elements need the nonce, and nothing evaluates code", () => {
    const policy = directives({ host: "a.test" });
    expect(policy.get("script-src")).toBe("'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
    expect(policy.get("style-src")).toBe("'self' 'nonce-bm9uY2U='");
    expect([...policy].filter(([, sources]) => sources.includes("unsafe"))).toEqual([
      ["style-src-attr", "'unsafe-inline'"],
    ]);
  });

  test("React may evaluate code only in development", () => {
    expect(directives({ host: "a.test" }, { NODE_ENV: "development" }).get("script-src")).toContain(
      "'unsafe-eval'",
    );
  });

  test.each([
    [{ host: "a.test:3000" }, {}, "ws://a.test:1999"],
    [{ host: "a.test", "x-forwarded-proto": "https" }, { ROLLCALL_PARTY_PORT: "2999" }, "wss://a.test:2999"],
    [{ host: "a.test" }, { ROLLCALL_PARTY_URL: "https://rooms.test/" }, "wss://rooms.test"],
    [{ host: "a.test" }, { ROLLCALL_PARTY_URL: "rooms.test" }, "wss://rooms.test"],
    [{ host: "a.test" }, { ROLLCALL_PARTY_URL: "localhost:1999" }, "ws://localhost:1999"],
    [{ host: "[::1]:3000" }, {}, "ws:"],
    [{ host: "a;script-src" }, {}, "ws:"],
    [{ host: "*" }, {}, "ws:"],
  ])("a page at %j with %j may connect to its own server and %s", (headers, env, source) => {
    expect(directives(headers, env).get("connect-src")).toBe(`'self' ${source}`);
  });
});
