import { NextResponse } from "next/server";
import * as v from "valibot";
import {
  ADMIN_COOKIE,
  ADMIN_COOKIE_OPTIONS,
  adminByPassword,
  endAdmin,
  isAdminPassword,
  sealAdmin,
} from "../../../_server/admin-session";
import { signOutAnswer } from "../../../_server/ended-sign-ins";
import { mutation } from "../../../_server/mutation";
import { Problem } from "../../../_server/problem";
import { readBody } from "../../../_server/read-body";
import { withCookie, withoutCookie } from "../../../_server/set-cookie";
import { cookieAgeS } from "../../../_server/sign-in-lifetime";
import { clientAddress, guardedAttempt } from "../../../_server/sign-in-guard";

const body = v.object({ password: v.string() });

/** Signs an admin in. Guessing gets slower with each wrong password (SE5). */
export const POST = mutation(async (request) => {
  const { password } = await readBody(request, body);
  const address = clientAddress(request.headers);
  if (!guardedAttempt(address, () => isAdminPassword(password), Date.now())) {
    throw new Problem(401, "Unauthorized", "That is not the password.");
  }
  await endAdmin(request.cookies.get(ADMIN_COOKIE)?.value);
  const now = Date.now();
  const admin = adminByPassword(now);
  const response = new NextResponse(null, { status: 204 });
  const maxAge = cookieAgeS(admin.expiresAt, now);
  return withCookie(request, response, await sealAdmin(admin), { ...ADMIN_COOKIE_OPTIONS, maxAge });
});

/** Signs the admin out: the cookie and its copies open nothing any more. */
export const DELETE = mutation(async (request) => {
  const ending = endAdmin(request.cookies.get(ADMIN_COOKIE)?.value);
  return withoutCookie(request, ADMIN_COOKIE_OPTIONS, await signOutAnswer(ending));
});
