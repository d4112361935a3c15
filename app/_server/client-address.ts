import { isIP } from "node:net";
import { trustedProxies } from "./settings";

/** The address of all clients whose address is unknown. */
const UNKNOWN_ADDRESS = "unknown";

/**
 * Returns the client's address as the outermost trusted proxy saw it: the entry of `X-Forwarded-For` that is
 * `ROLLCALL_TRUSTED_PROXIES` from the right. Entries before it come from the client. Without a proxy the whole header
 * does, and the address is unknown. An IPv6 address counts by its network (/64), because one client has all of it.
 */
export function clientAddress(headers: Headers): string {
  const proxies = trustedProxies();
  if (proxies === 0) return UNKNOWN_ADDRESS;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",");
  return normalized(hops.at(-proxies) ?? "");
}

function normalized(written: string): string {
  // Some proxies add the port: 203.0.113.5:49152 or [2001:db8::1]:49152.
  const bare = written
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIP(bare) === 4) return bare;
  return isIP(bare) === 6 ? networkOf(bare) : UNKNOWN_ADDRESS;
}

/** The first 64 bits of an IPv6 address, in a normal form. */
function networkOf(address: string): string {
  const hostname = new URL(`http://[${address.split("%", 1)[0]}]`).hostname.slice(1, -1);
  const [head = "", tail] = hostname.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - after.length).fill("0");
  return `${[...groups, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}
