import { NextResponse } from "next/server";
import * as v from "valibot";
import { readGuestName } from "../../../components/session/guest-name";
import {
  GUEST_COOKIE,
  GUEST_LIFETIME_S,
  guestNamed,
  openGuest,
  sealGuest,
} from "../../_server/guest-session";
import { mutation } from "../../_server/mutation";
import { Problem } from "../../_server/problem";
import { readBody } from "../../_server/read-body";
import { nameLength } from "../../_server/settings";
import { withCookie, withoutCookie } from "../../_server/set-cookie";

const body = v.object({ name: v.string() });
const cookie = { name: GUEST_COOKIE, sameSite: "lax" as const };

/** Signs a guest in under the name they picked, or gives the one signed in another name. */
export const POST = mutation(async (request) => {
  const picked = readGuestName((await readBody(request, body)).name, nameLength());
  if (!picked.ok) throw new Problem(422, "Unprocessable Content", picked.problem);
  const known = await openGuest(request.cookies.get(GUEST_COOKIE)?.value);
  const guest = guestNamed(picked.name, known);
  const response = NextResponse.json({ user: { id: guest.userId, name: guest.name } });
  return withCookie(request, response, await sealGuest(guest), { ...cookie, maxAge: GUEST_LIFETIME_S });
});

/** Signs out of this browser. Its connections are ended by the room, which the client tells first (GR2). */
export const DELETE = mutation(async (request) => withoutCookie(request, cookie));
