import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../scripts/ports.mjs";
import { serverFixture, type ServerFixture } from "../server/testing/server-fixture";
import { newRoom, signToken, TestClient } from "../server/testing/test-client";
import { getPresence } from "./get-presence";

let server: ServerFixture;
beforeAll(async () => void (server = await serverFixture()));
afterAll(() => server.dispose());

test("[PR2] a server reads the people as the token's user sees them, with counts and the token for the page", async () => {
  const room = newRoom();
  const ada = await TestClient.join(server.url, room, { user: "ada" });
  const hidden = await TestClient.join(server.url, room, { user: "hidden" });
  hidden.send({ type: "choose", request: 1, availability: "invisible" });
  await ada.untilStatus("hidden", "offline");
  const token = await signToken({ user: "ada" });
  const presence = await getPresence({ host: server.url, room, token });
  expect(presence).toMatchObject({ counts: { online: 1, away: 0, offline: 1 }, self: "ada", token });
  expect(presence?.users).toEqual([ada.user("ada"), ada.user("hidden")]);
  expect(Math.abs((presence?.now ?? 0) - Date.now())).toBeLessThan(5_000);
  await Promise.all([ada.leave(), hidden.leave()]);
});

test("it is null for a refused token, another room, and a server that does not answer", async () => {
  const room = newRoom();
  const token = await signToken({ user: "ada", rooms: ["elsewhere"] });
  expect(await getPresence({ host: server.url, room, token })).toBeNull();
  expect(await getPresence({ host: server.url, room, token: "no token" })).toBeNull();
  expect(await getPresence({ host: `127.0.0.1:${await freePort()}`, room, token })).toBeNull();
});
