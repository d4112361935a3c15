import { afterEach, expect, test, vi } from "vitest";
import { clientAddress } from "./client-address";

afterEach(() => vi.unstubAllEnvs());

const seen = (proxies: string, header?: string): string => {
  vi.stubEnv("ROLLCALL_TRUSTED_PROXIES", proxies);
  return clientAddress(new Headers(header === undefined ? {} : { "x-forwarded-for": header }));
};

test.each(["", "0"])("[SE5] with %j proxies the header is ignored", (proxies) => {
  for (const header of ["203.0.113.5", "a, b", undefined]) expect(seen(proxies, header)).toBe("unknown");
});

test.each([
  ["1", "203.0.113.5", "203.0.113.5"],
  ["1", "6.6.6.6, 7.7.7.7,203.0.113.5", "203.0.113.5"],
  ["2", "6.6.6.6, 203.0.113.5, 10.0.0.1", "203.0.113.5"],
  ["2", "203.0.113.5", "unknown"],
  ["1", "203.0.113.5:49152", "203.0.113.5"],
  ["1", "::ffff:203.0.113.5", "203.0.113.5"],
  ["1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["1", "2001:DB8:1:2::99", "2001:db8:1:2::/64"],
  ["1", "[2001:db8::1]:443", "2001:db8:0:0::/64"],
  ["1", "::1", "0:0:0:0::/64"],
  ["1", "fe80::1%eth0", "fe80:0:0:0::/64"],
  ["1", "203.0.113.5, ", "unknown"],
  ["1", "nonsense", "unknown"],
  ["1", undefined, "unknown"],
])("[SE5] behind %s proxies %j is %s", (proxies, header, address) => {
  expect(seen(proxies, header)).toBe(address);
});

test.each(["-1", "1.5", "yes", "11"])(
  "an invalid number of proxies, %j, throws an error that names the setting",
  (proxies) => {
    expect(() => seen(proxies, "203.0.113.5")).toThrow(/ROLLCALL_TRUSTED_PROXIES/);
  },
);
