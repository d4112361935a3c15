import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { formatLog, LOG_EVENTS } from "./log";

test("an entry is one line of JSON with its level, and with a room and an error only if there are some", () => {
  const line = formatLog({ event: "storage-failing", message: "it\nfails", room: "lobby" });
  expect(line).not.toContain("\n");
  expect(JSON.parse(line)).toEqual({
    level: "error",
    event: "storage-failing",
    message: "it\nfails",
    room: "lobby",
  });
  expect(JSON.parse(formatLog({ event: "webhooks-paused", message: "gone" }))).toEqual({
    level: "warn",
    event: "webhooks-paused",
    message: "gone",
  });
  const error = JSON.parse(formatLog({ event: "unexpected-error", message: "", error: new Error("why") }));
  expect(error.error).toMatch(/^Error: why\n/);
  expect(JSON.parse(formatLog({ event: "unexpected-error", message: "", error: "text" })).error).toBe("text");
});

test("docs/deploying.md explains every event with its level, and no others", async () => {
  const page = await readFile(new URL("../docs/deploying.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (error|info|warn) \|/gm)];
  expect(rows.map(([, event, level]) => [event, level])).toEqual(Object.entries(LOG_EVENTS));
});
