import { isIP } from "node:net";
import { trustedProxies } from "./settings";

/** What stands for every client whose address is not known. */
const UNKNOWN_ADDRESS = "unknown";

/**
 * The address of the client, as the outermost of the app's own proxies saw it: the entry of `X-Forwarded-For` that is
 * `ROLLCALL_TRUSTED_PROXIES` from the right. What stands before it was written by the client. Without a proxy the header
 * is the client's alone, and nothing is known. Of an IPv6 address the network counts (/64): a single client has all of it.
 */
export function clientAddress(headers: Headers): string {
  const proxies = trustedProxies();
  if (proxies === 0) return UNKNOWN_ADDRESS;
  const hops = (headers.get("x-forwarded-for") ?? "").split(",");
  return normalized(hops.at(-proxies) ?? "");
}

function normalized(written: string): string {
  // Some proxies write the port, too: 203.0.113.5:49152 or [2001:db8::1]:49152.
  const bare = written
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIP(bare) === 4) return bare;
  return isIP(bare) === 6 ? networkOf(bare) : UNKNOWN_ADDRESS;
}

/** The first 64 bits of an IPv6 address, in one way of writing. */
function networkOf(address: string): string {
  const hostname = new URL(`http://[${address.split("%", 1)[0]}]`).hostname.slice(1, -1);
  const [head = "", tail] = hostname.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - after.length).fill("0");
  return `${[...groups, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}
