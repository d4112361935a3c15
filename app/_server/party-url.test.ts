import { expect, test } from "vitest";
import { partyUrl } from "./party-url";

const url = (headers: Record<string, string>, env: Record<string, string> = {}) =>
  partyUrl(new Headers(headers), env as unknown as NodeJS.ProcessEnv);

test("the room server has the host of the page's request, with its own port", () => {
  expect(url({ host: "office.test:3000" })).toBe("http://office.test:1999");
  expect(url({ host: "[::1]:3000" }, { ROLLCALL_PARTY_PORT: "2999" })).toBe("http://[::1]:2999");
});

test("a page that came over https through a proxy uses https and the proxy's host", () => {
  const headers = {
    host: "127.0.0.1:3000",
    "x-forwarded-host": "rollcall.test",
    "x-forwarded-proto": "https, http",
  };
  expect(url(headers)).toBe("https://rollcall.test:1999");
});

test("ROLLCALL_PARTY_URL has priority", () => {
  expect(url({ host: "a.test" }, { ROLLCALL_PARTY_URL: "https://presence.test/" })).toBe(
    "https://presence.test",
  );
});

test("an invalid host is not repeated", () => {
  expect(url({ host: "a b" })).toBe("http://localhost:1999");
});
