import { afterEach, expect, test, vi } from "vitest";
import { fetchToken, TokenFailedError, TokenRefusedError } from "./token";

function answer(response: Response): void {
  vi.stubGlobal(
    "fetch",
    vi.fn<typeof fetch>(async () => response),
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("[SE1] a token is fetched by POST for this room, and never from a cache", async () => {
  answer(Response.json({ token: "t" }));
  await expect(fetchToken("/api/token", "lobby")).resolves.toBe("t");
  expect(fetch).toHaveBeenCalledWith("/api/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"room":"lobby"}',
    cache: "no-store",
  });
});

test.each([401, 403])("[SE1] %i is a refusal", async (status) => {
  answer(new Response(null, { status }));
  await expect(fetchToken("/api/token", "lobby")).rejects.toBeInstanceOf(TokenRefusedError);
});

test.each([
  [
    "a server that fails",
    "status",
    /answered 500: the error is in that server's log/,
    new Response(null, { status: 500 }),
  ],
  ["a missing route", "status", /answered 404: there is no such route/, new Response(null, { status: 404 })],
  ["too many requests", "status", /answered 429/, new Response(null, { status: 429 })],
  ["HTML", "notJson", /answered with a page of HTML .*is tokenUrl right/, new Response("<!doctype html>")],
  ["nothing", "notJson", /answered with nothing/, new Response("")],
  ["JSON of something else", "noToken", /did not answer with \{ "token": "…" \}/, Response.json({})],
  ["an empty token", "noToken", /did not answer with/, Response.json({ token: "" })],
] as const)("[SE1] %s is a temporary failure with advice", async (_, fault, message, response) => {
  answer(response);
  const error: unknown = await fetchToken("/api/token", "lobby").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TokenFailedError);
  expect(error).toMatchObject({ fault, message: expect.stringMatching(message) as string });
});

test("[SE1] a server that cannot be reached is a temporary failure", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn<typeof fetch>(async () => {
      throw new TypeError("Failed to fetch");
    }),
  );
  await expect(fetchToken("/api/token", "lobby")).rejects.toMatchObject({
    fault: "unreachable",
    message: "/api/token cannot be reached (Failed to fetch)",
  });
});
