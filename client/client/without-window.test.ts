import { expect, test } from "vitest";
import { browserEnvironment } from "../page/environment";
import { createPresenceClient } from "./presence-client";

test("[CN3] without a window the client can be imported and created, and the page counts as visible", async () => {
  expect(typeof window).toBe("undefined");
  await import("../react/react");
  const environment = browserEnvironment();
  expect(environment.isVisible()).toBe(true);
  expect(environment.readTab("key")).toBeNull();
  environment.writeTab("key", "value");
  environment.onPageEvent(() => {})();
  const client = createPresenceClient({ host: "h", room: "lobby", getToken: async () => "t" });
  expect(client.getSnapshot().connection).toEqual({ status: "idle" });
});
