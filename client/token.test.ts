import { afterEach, expect, test, vi } from "vitest";
import { fetchToken, TokenRefusedError } from "./token";

function answer(response: Response): void {
  vi.stubGlobal(
    "fetch",
    vi.fn<typeof fetch>(async () => response),
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("[SE1] asks by POST for a token of this room, and never from a cache", async () => {
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
  ["500", new Response(null, { status: 500 })],
  ["429", new Response(null, { status: 429 })],
  ["no JSON", new Response("<html>")],
  ["no token", Response.json({})],
])("%s is a failure that may pass", async (_, response) => {
  answer(response);
  const error: unknown = await fetchToken("/api/token", "lobby").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(TokenRefusedError);
});
