import Bowser from "bowser";
import { DEVICE_LENGTH } from "../../core/shared/limits";
import { cleanText } from "../../core/shared/text";

/** Of User-Agents: the people of a room have some dozens, and to read one costs as much as to verify a token. */
const labels = new Map<string, string>();
const REMEMBERED = 256;

/** Labels a connection's device and browser for admins (CN4), from its User-Agent: «Chrome on Windows». */
export function deviceLabel(userAgent: string | null): string {
  if (!userAgent) return "Unknown device";
  const read = userAgent.slice(0, 512);
  const known = labels.get(read);
  if (known !== undefined) return known;
  // Whoever sends another each time fills it, and it begins anew.
  if (labels.size >= REMEMBERED) labels.clear();
  const label = readLabel(read);
  labels.set(read, label);
  return label;
}

function readLabel(userAgent: string): string {
  const { browser, os, platform } = Bowser.parse(userAgent);
  const where = platform.model ?? os.name;
  // Some names tell the system themselves: «Samsung Internet for Android».
  const name = browser.name?.replace(/ for \w+$/, "");
  const label = name ? [name, where].filter(Boolean).join(" on ") : userAgent.split(/[\s/]/, 1)[0];
  // Of a User-Agent that nobody knows it is the sender's own text, which admins read in the middle of a sentence (NM1).
  const plain = cleanText((label ?? "").replace(/[^ -~]/g, ""));
  return (plain || "Unknown device").slice(0, DEVICE_LENGTH);
}
