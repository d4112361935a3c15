import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

/** Replaces fetch in the page with a mock, and unmounts everything after each test. */
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
