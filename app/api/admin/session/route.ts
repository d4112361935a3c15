import { NextResponse } from "next/server";
import * as v from "valibot";
import { ADMIN_COOKIE_OPTIONS, isAdminPassword, sealAdmin } from "../../../_server/admin-session";
import { mutation } from "../../../_server/mutation";
import { Problem } from "../../../_server/problem";
import { readBody } from "../../../_server/read-body";
import { withCookie, withoutCookie } from "../../../_server/set-cookie";
import { clientAddress, guardedAttempt } from "../../../_server/sign-in-guard";

const body = v.object({ password: v.string() });

/** Signs an admin in. Guessing gets slower with each wrong password (SE5). */
export const POST = mutation(async (request) => {
  const { password } = await readBody(request, body);
  const address = clientAddress(request.headers);
  if (!guardedAttempt(address, () => isAdminPassword(password), Date.now())) {
    throw new Problem(401, "Unauthorized", "That is not the password.");
  }
  const response = new NextResponse(null, { status: 204 });
  return withCookie(request, response, await sealAdmin(), ADMIN_COOKIE_OPTIONS);
});

/** Signs the admin out of this browser. */
export const DELETE = mutation(async (request) => withoutCookie(request, ADMIN_COOKIE_OPTIONS));
