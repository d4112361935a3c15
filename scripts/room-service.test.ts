import { expect, test } from "vitest";

import { DEFAULT_LIMITS } from "../core/shared/limits";
import { CONNECTIONS_PER_ROOM } from "./room-service.mjs";

test("[OP4] the check of the limit of open files knows the default of connectionsPerRoom", () => {
  expect(CONNECTIONS_PER_ROOM).toBe(DEFAULT_LIMITS.connectionsPerRoom);
});
