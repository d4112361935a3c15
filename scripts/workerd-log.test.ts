import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { withoutPeers } from "./workerd-log.cjs";

const STACK = "stack: /node_modules/workerd@406e049 /node_modules/workerd@58401f9\n";

test("workerd's lines about disconnected peers are dropped with their stacks, wherever the log is split", async () => {
  const log = [
    "workerd/server/server.c++:3360: error: Uncaught exception: kj/compat/http.c++:2713: disconnected: worker_do_not_log; Request failed\n",
    STACK,
    "workerd/server/server.c++:3360: error: WebSocket protocol error; code = 1002\n",
    "workerd/io/worker.c++:1: error: something broke\n",
    STACK,
    "TypeError: of the room\n",
    "the room's own error: disconnected: worker_do_not_log\n",
  ].join("");
  const pieces = log.match(/[^]{1,37}/g) ?? [];
  expect(await text(withoutPeers(Readable.from(pieces)))).toBe(
    `workerd/io/worker.c++:1: error: something broke\n${STACK}TypeError: of the room\nthe room's own error: disconnected: worker_do_not_log\n`,
  );
});
