import { NextResponse } from "next/server";
import * as v from "valibot";
import { adminByPassword, adminSessions, isAdminPassword } from "../../../_server/admin-session";
import { clientAddress } from "../../../_server/client-address";
import { signOutAnswer } from "../../../_server/ended-sign-ins";
import { KNOWN_COOKIE, openKnown, sealKnown } from "../../../_server/known-browser";
import { mutation } from "../../../_server/mutation";
import { readBody } from "../../../_server/read-body";
import { withCookie } from "../../../_server/set-cookie";
import { cookieAgeS } from "../../../_server/sign-in-lifetime";
import { guardedAttempt } from "../../../_server/sign-in-guard";

const body = v.object({ password: v.string() });

/**
 * Signs an admin in. Guessing is limited for everybody together, and does not lock out an admin with the password
 * (SE5).
 */
export const POST = mutation(async (request) => {
  const { password } = await readBody(request, body);
  const browserId = await openKnown(request.cookies.get(KNOWN_COOKIE.name)?.value);
  await guardedAttempt({ address: clientAddress(request.headers), browserId }, () =>
    isAdminPassword(password),
  );
  await adminSessions.end(request.cookies);
  const now = Date.now();
  const response = new NextResponse(null, { status: 204 });
  await adminSessions.keep(request, response, adminByPassword(now));
  const known = await sealKnown(browserId, now);
  return withCookie(request, response, known.sealed, {
    ...KNOWN_COOKIE,
    maxAge: cookieAgeS(known.expiresAt, now),
  });
});

/** Signs the admin out. The cookie and its copies are refused afterwards. */
export const DELETE = mutation(async (request) => {
  const ending = adminSessions.end(request.cookies);
  return adminSessions.clear(request, await signOutAnswer(ending));
});
