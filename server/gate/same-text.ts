/**
 * Compares a secret in constant time. Both sides are hashed first, so that the time does not depend on the length
 * either.
 */
export async function sameText(given: string, secret: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [a, b] = await Promise.all(
    [given, secret].map(
      async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))),
    ),
  );
  let difference = 0;
  for (const [index, byte] of (a ?? []).entries()) difference |= byte ^ (b?.[index] ?? 255);
  return difference === 0;
}
