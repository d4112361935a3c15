import { NextResponse, type NextRequest } from "next/server";
import * as v from "valibot";
import { readGuestName } from "../../../components/session/guest-name";
import { adminSessions, newAdmin } from "../../_server/admin-session";
import { homeOf } from "../../_server/default-room";
import { signOutAnswer } from "../../_server/ended-sign-ins";
import { mutation, query } from "../../_server/mutation";
import { Problem } from "../../../core/shared/problem";
import { bearerOf, identityOf, sessionOf } from "../../_server/provider-sign-in";
import { readBody } from "../../_server/read-body";
import { guestsAllowed, nameLength } from "../../_server/settings";
import { userSessions, guestNamed, type UserSession } from "../../_server/user-session";

const body = v.object({ name: v.string() });

/**
 * Returns the user of the provider's token and the signed-in user, and changes nothing. Before a user who followed a
 * link signs in, the page shows both (SE5).
 */
export const GET = query(async (request) => {
  const token = bearerOf(request.headers);
  if (token === null) throw new Problem(401, "The request has no token.");
  const { id, name, picture, role } = await identityOf(token);
  const known = await userSessions.open(request.cookies);
  return NextResponse.json({
    arriving: { id, name, picture, isAdmin: role === "admin" },
    current: known && {
      id: known.userId,
      name: known.name,
      picture: known.picture,
      home: homeOf(known.rooms),
      // A guest is never a provider's user, even with the same id.
      isSame: known.rooms !== null && known.userId === id,
    },
    isAdmin: (await adminSessions.open(request.cookies)) !== null,
  });
});

/**
 * Signs in the user of an identity provider's token. Without a token signs in a guest with the given name, or renames
 * the signed-in guest.
 */
export const POST = mutation(async (request) => {
  const token = bearerOf(request.headers);
  return token === null ? await signInGuest(request) : await signInUser(request, token);
});

/**
 * Signs out. The cookie and its copies are refused afterwards. The client has told the room before, which ends the
 * connections (GR2). The cookie is cleared even if the room server does not answer.
 */
export const DELETE = mutation(async (request) => {
  // A token may also have signed its user in as an admin.
  const session = await userSessions.read(request.cookies);
  const isProviders = session !== null && session.rooms !== null;
  const ending = isProviders ? endBoth(request) : userSessions.end(request.cookies);
  const response = userSessions.clear(request, await signOutAnswer(ending));
  return isProviders ? adminSessions.clear(request, response) : response;
});

/** Ends all sign-ins of this browser. @throws {Problem} 502 if that cannot be stored */
async function endBoth(request: NextRequest): Promise<void> {
  await userSessions.end(request.cookies);
  await adminSessions.end(request.cookies);
}

async function signInGuest(request: NextRequest): Promise<NextResponse> {
  const { name } = await readBody(request, body);
  const known = await userSessions.open(request.cookies);
  if (known?.rooms) throw new Problem(403, "Only your identity provider can change your name.");
  if (!guestsAllowed()) {
    throw new Problem(403, "This server takes no guests: sign in with your team's account.");
  }
  const picked = readGuestName(name, nameLength());
  if (!picked.ok) throw new Problem(422, picked.problem);
  return await signedIn(request, guestNamed(picked.name, known, Date.now()));
}

async function signInUser(request: NextRequest, token: string): Promise<NextResponse> {
  const identity = await identityOf(token);
  const session = sessionOf(identity, Date.now());
  const response = await signedIn(request, session);
  // The earlier user of this browser is another one, or may have other rights now.
  await endBoth(request);
  if (identity.role !== "admin") return adminSessions.clear(request, response);
  return await adminSessions.keep(request, response, newAdmin(identity.rooms, session.expiresAt));
}

async function signedIn(request: NextRequest, session: UserSession): Promise<NextResponse> {
  const { userId: id, name, rooms } = session;
  const response = NextResponse.json({ user: { id, name }, home: homeOf(rooms) });
  return await userSessions.keep(request, response, session);
}
