import Bowser from "bowser";
import { DEVICE_LENGTH } from "../../core/shared/limits";
import { cleanText } from "../../core/shared/text";

const REMEMBERED = 256;

/** Labels devices by their User-Agents. Remembers labels: parsing a User-Agent costs as much as verifying a token. */
export class DeviceLabels {
  readonly #labels = new Map<string, string>();

  /** Labels a connection's device and browser for admins (CN4), from its User-Agent: «Chrome on Windows». */
  of(userAgent: string | null): string {
    if (!userAgent) return "Unknown device";
    const read = userAgent.slice(0, 512);
    const known = this.#labels.get(read);
    if (known !== undefined) return known;
    // A client that sends another User-Agent each time fills it; then it starts over.
    if (this.#labels.size >= REMEMBERED) this.#labels.clear();
    const label = readLabel(read);
    this.#labels.set(read, label);
    return label;
  }
}

function readLabel(userAgent: string): string {
  const { browser, os, platform } = Bowser.parse(userAgent);
  const where = platform.model ?? os.name;
  // Some names contain the system: «Samsung Internet for Android».
  const name = browser.name?.replace(/ for \w+$/, "");
  const label = name ? [name, where].filter(Boolean).join(" on ") : userAgent.split(/[\s/]/, 1)[0];
  // The label of an unknown User-Agent is the sender's own text, which admins read in the middle of a sentence (NM1).
  const plain = cleanText((label ?? "").replace(/[^ -~]/g, ""));
  return (plain || "Unknown device").slice(0, DEVICE_LENGTH);
}
