import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

/** For tests only: takes the place of the page's own server. What was rendered is gone after each test. */
export function fakeServer() {
  const server = vi.fn<typeof fetch>();
  beforeEach(() => void vi.stubGlobal("fetch", server));
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
    vi.resetAllMocks();
  });
  return server;
}
