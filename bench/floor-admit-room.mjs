// The room that only accepts, behind an edge that lets nobody in without a token: what anybody must do who admits,
// and nothing else.
import { jwtVerify } from "jose";
import FloorRoom from "./floor-room.mjs";

/** Imported once; jose would import the secret anew for each token. @type {CryptoKey | undefined} */
let key;

export default class FloorAdmitRoom extends FloorRoom {
  /** @param {any} request @param {any} lobby */
  static async onBeforeConnect(request, { env }) {
    const { origin, pathname, searchParams } = new URL(request.url);
    key ??= await importKey(env.SECRET);
    try {
      const { payload } = await jwtVerify(searchParams.get("token") ?? "", key, {
        algorithms: ["HS256"],
        audience: "rollcall",
      });
      const headers = { upgrade: "websocket", "x-user": payload.sub ?? "" };
      return new Request(`${origin}${pathname}`, { headers });
    } catch {
      return new Response(null, { status: 401 });
    }
  }
}

/** @param {string} secret */
function importKey(secret) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["verify"]);
}
