let since: number | null = null;

/**
 * When this server began to serve, in milliseconds since 1970. Rooms wake one by one, some long after a
 * restart; their users' time to return runs from here and not from when somebody happens to look (GR3).
 */
export function servingSinceAt(): number {
  // The runtime's clock stands at zero until the first event, so this is asked for from handlers only.
  since ??= Date.now();
  return since;
}
