import * as v from "valibot";
import { expect, test } from "vitest";
import { readBody } from "./read-body";
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
