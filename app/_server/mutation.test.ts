import { NextRequest } from "next/server";
import { expect, test, vi } from "vitest";
import { mutation } from "./mutation";
import { Problem } from "../../core/shared/problem";
import { SettingError } from "./settings";

const request = (headers: HeadersInit = {}) =>
  new NextRequest("http://rollcall.test/api/x", { method: "POST", headers });

test.each([
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ origin: "http://rollcall.test", host: "rollcall.test" }, true],
  [{ origin: "https://rollcall.test", host: "127.0.0.1:3000", "x-forwarded-host": "rollcall.test" }, true],
  [{ origin: "http://evil.test", host: "rollcall.test" }, false],
  [{ origin: "null", host: "rollcall.test" }, false],
  [{ host: "rollcall.test" }, true],
] satisfies [Record<string, string>, boolean][])(
  "[SE5] a request with %j is accepted as one from this site: %s",
  async (headers, own) => {
    const handle = vi.fn<() => Promise<Response>>(async () => new Response(null, { status: 204 }));
    const answer = await mutation(handle)(request(headers));
    expect(answer.status).toBe(own ? 204 : 403);
    expect(handle).toHaveBeenCalledTimes(own ? 1 : 0);
  },
);

test("a problem becomes a problem document that is not cached", async () => {
  const answer = await mutation(async () => {
    throw new Problem(429, "Later.", { "Retry-After": "7" });
  })(request());
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("retry-after")).toBe("7");
  expect(await answer.json()).toEqual({
    type: "about:blank",
    title: "Too Many Requests",
    status: 429,
    detail: "Later.",
  });
});

test("a missing secret is named in the response and in the log", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const answer = await mutation(async () => {
    throw new SettingError("ROLLCALL_SESSION_SECRET");
  })(request());
  expect(answer.status).toBe(503);
  expect((await answer.json()).detail).toContain("ROLLCALL_SESSION_SECRET is not set");
  expect(log).toHaveBeenCalledWith(expect.stringContaining("ROLLCALL_SESSION_SECRET"));
  log.mockRestore();
});
