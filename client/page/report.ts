const told = new Set<string>();

/**
 * Tells whoever builds the app, once per page, what its reader's browser lacks, what that costs and what still works
 * (BR1). Servers are no browsers and lack nothing.
 */
export function reportMissing(text: string): void {
  if (typeof window === "undefined" || told.has(text)) return;
  told.add(text);
  console.warn(`[rollcall] ${text}`);
}
