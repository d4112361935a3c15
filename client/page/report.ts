const told = new Set<string>();

/**
 * Tells the app's developer, once per page, what the reader's browser lacks, what that costs and what still works
 * (BR1). Servers report nothing.
 */
export function reportMissing(text: string): void {
  if (typeof window === "undefined" || told.has(text)) return;
  told.add(text);
  console.warn(`[rollcall] ${text}`);
}
