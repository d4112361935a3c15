import * as v from "valibot";
import { expect, test } from "vitest";
import { readBody, refuseLongBody } from "./read-body";
import { roomBody } from "./room-body";

const post = (body: string, type = "application/json") =>
  new Request("http://rollcall.test/", { method: "POST", body, headers: { "Content-Type": type } });

test("a body that fits is read", async () => {
  expect(await readBody(post('{"room":"lobby"}'), roomBody)).toEqual({ room: "lobby" });
});

test.each([
  ["a form's body", 415, post("room=lobby", "application/x-www-form-urlencoded")],
  ["a body that is not JSON", 400, post("{")],
  ["a body of another shape", 422, post('{"room":7}')],
  ["a name that cannot be a room's", 422, post('{"room":"a/b"}')],
  ["a body that is too long", 413, post(JSON.stringify({ room: "x".repeat(5_000) }))],
])("[SE3] %s is refused with %d", async (_, status, request) => {
  await expect(readBody(request, roomBody)).rejects.toMatchObject({ name: "Problem", status });
});

test("[SE3] the refusal names the field", async () => {
  await expect(readBody(post("{}"), v.object({ name: v.string() }))).rejects.toThrow(/^name: /);
});

test("[SE4] a body with a too large Content-Length is refused before it is read", () => {
  expect(() => refuseLongBody(new Headers({ "Content-Length": "4097" }))).toThrow(/4096 bytes/);
  expect(() => refuseLongBody(new Headers({ "Content-Length": "4096" }))).not.toThrow();
});

test("[SE4] a body of unknown length is read only up to the limit", async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(1_024).fill(0x20));
    },
  });
  const headers = { "Content-Type": "application/json" };
  const request = new Request("http://rollcall.test/", {
    method: "POST",
    body: endless,
    headers,
    duplex: "half",
  } as RequestInit);
  await expect(readBody(request, roomBody)).rejects.toMatchObject({ status: 413 });
  expect(pulled).toBeLessThan(10);
});
