import { expect, test } from "vitest";
import { PROTOCOL_VERSION } from "../core/wire/protocol";
import { WIRE_VERSION } from "./wire-version.mjs";

test("scripts and the bench speak the version that the room server speaks", () => {
  expect(WIRE_VERSION).toBe(PROTOCOL_VERSION);
});
