import { vi } from "vitest";

/** Replaces fetch with a room server that identifies tokens and keeps ended sign-ins. */
export function fakeRoomServer(identity: () => Response = () => new Response(null, { status: 401 })) {
  const ended = new Set<string>();
  const down = { is: false };
  const fetched = vi.fn<(url: string, init?: RequestInit) => Promise<Response>>(async (input, init) => {
    const url = new URL(input);
    const path = "/parties/directory/main/ended-sign-ins";
    if (down.is) throw new TypeError("fetch failed");
    if (url.pathname === "/identity") return identity();
    if (init?.method === "PUT" && url.pathname.startsWith(path)) {
      ended.add(url.pathname.slice(path.length + 1));
      return Response.json({ ended: [] });
    }
    if (url.pathname !== path) throw new Error(`unexpected request: ${url}`);
    const ids = (url.searchParams.get("ids") ?? "").split(",");
    return Response.json({ ended: ids.filter((id) => ended.has(id)) });
  });
  vi.stubGlobal("fetch", fetched);
  return { ended, down, fetched };
}
