import { expect, test } from "vitest";
import { checkHost } from "./host";

test.each([
  "localhost:1999",
  "h",
  "127.0.0.1:1999",
  "[::1]:1999",
  "rooms.example.com",
  "https://rooms.example.com",
  "wss://rooms.example.com/",
  "https://example.com/rooms",
])("%s is a valid host", (host) => {
  expect(checkHost(host)).toBe(host);
});

test.each([
  ["", /host is missing: give the room server's, such as "localhost:1999"/],
  [undefined as unknown as string, /host is missing/],
  ["ftp://rooms.example.com", /cannot be a host: give host\[:port\] or the URL of the room server/],
  ["/rooms", /cannot be a host/],
  ["localhost:port", /cannot be a host/],
  ["my host", /cannot be a host/],
  ["https://ann:secret@example.com", /cannot be a host/],
  ["https://example.com?room=lobby", /cannot be a host/],
  ["http://localhost:1999/parties/main/lobby", /names a room already: leave out \/parties/],
])("«%s» is refused, with an example of a valid host", (host, message) => {
  expect(() => checkHost(host)).toThrow(message);
});
