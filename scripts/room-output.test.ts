import { expect, test } from "vitest";

import { roomOutputFilter } from "./room-output.mjs";

test("partykit's lines about itself are dropped, and the room's lines are passed on", () => {
  const passed: string[] = [];
  const filter = roomOutputFilter((line) => passed.push(line));
  for (const line of [
    "🎈 PartyKit v0.0.115",
    "---------------------",
    "\u001B[2K\u001B[1A\u001B[2K\u001B[GBuild succeeded, starting server...",
    "Error attempting to retrieve debugger URL: TypeError: fetch failed",
    "    at fetch7 (bin.mjs:33256:17) {",
    "  [cause]: Error: connect ECONNREFUSED 127.0.0.1:37505",
    "  }",
    "}",
    "",
    "\u001B[2K\u001B[1A\u001B[31m✘ \u001B[41;31m[ERROR]\u001B[0m something broke",
    "    at Room.onRequest (server.ts:12:3)",
  ])
    filter(line);
  expect(passed).toEqual(["✘ [ERROR] something broke", "    at Room.onRequest (server.ts:12:3)"]);
});
