import Bowser from "bowser";
import { DEVICE_LENGTH } from "../core/limits";

/** Labels a connection's device and browser for admins (CN4), from its User-Agent: «Chrome on Windows». */
export function deviceLabel(userAgent: string | null): string {
  if (!userAgent) return "Unknown device";
  const { browser, os, platform } = Bowser.parse(userAgent.slice(0, 512));
  const where = platform.model ?? os.name;
  // Some names tell the system themselves: «Samsung Internet for Android».
  const name = browser.name?.replace(/ for \w+$/, "");
  const label = name ? [name, where].filter(Boolean).join(" on ") : userAgent.split(/[\s/]/, 1)[0];
  return (label || "Unknown device").slice(0, DEVICE_LENGTH);
}
