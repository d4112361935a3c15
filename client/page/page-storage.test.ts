// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  vi.resetModules();
  warn = vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(window, "localStorage");
});

function localStorageIs(get: () => unknown): void {
  Object.defineProperty(window, "localStorage", { configurable: true, get });
}

test("a written value is read until it is removed", async () => {
  const { pageStorage } = await import("./page-storage");
  const kept = pageStorage("sessionStorage");
  expect(kept.read("a")).toBeNull();
  expect(kept.write("a", "1")).toBe(true);
  expect(kept.read("a")).toBe("1");
  expect(kept.write("a", null)).toBe(true);
  expect(kept.read("a")).toBeNull();
  expect(warn).not.toHaveBeenCalled();
});

test.each<[string, () => unknown]>([
  [
    "throws at each access",
    () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    },
  ],
  ["is null", () => null],
  ["is missing", () => undefined],
  ["is full", () => ({ getItem: () => null, setItem: () => fail("QuotaExceededError") })],
])("[BR1] storage that %s keeps nothing, and this is reported once", async (_, get) => {
  localStorageIs(get);
  const { pageStorage } = await import("./page-storage");
  const kept = pageStorage("localStorage");
  for (let times = 0; times < 3; times += 1) {
    expect(kept.write("a", "1")).toBe(false);
    expect(kept.read("a")).toBeNull();
  }
  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.calls[0]?.[0]).toMatch(/keeps nothing for this site.+Everything else works/);
});

function fail(name: string): never {
  throw new DOMException("no", name);
}
