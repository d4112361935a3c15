import { expect, test } from "vitest";
import { partyUrl } from "./party-url";

const url = (headers: Record<string, string>, env: Record<string, string> = {}) =>
  partyUrl(new Headers(headers), env as unknown as NodeJS.ProcessEnv);

test("the room server is where the page was asked from, at its own port", () => {
  expect(url({ host: "office.test:3000" })).toBe("http://office.test:1999");
  expect(url({ host: "[::1]:3000" }, { ROLLCALL_PARTY_PORT: "2999" })).toBe("http://[::1]:2999");
});

test("a page that came over https by a proxy finds it over https, at the proxy's name", () => {
  const headers = {
    host: "127.0.0.1:3000",
    "x-forwarded-host": "rollcall.test",
    "x-forwarded-proto": "https, http",
  };
  expect(url(headers)).toBe("https://rollcall.test:1999");
});

test("ROLLCALL_PARTY_URL wins", () => {
  expect(url({ host: "a.test" }, { ROLLCALL_PARTY_URL: "https://presence.test/" })).toBe(
    "https://presence.test",
  );
});

test("a host that cannot be is not repeated", () => {
  expect(url({ host: "a b" })).toBe("http://localhost:1999");
});
