import { NextResponse, type NextRequest } from "next/server";
import { isHttps } from "./party-url";

interface CookieOptions {
  readonly name: string;
  readonly sameSite: "lax" | "strict";
  readonly maxAge: number;
}

/** Adds a cookie to the response. Scripts cannot read it. With https it is sent only over https. */
export function withCookie(
  request: NextRequest,
  response: NextResponse,
  value: string,
  { name, sameSite, maxAge }: CookieOptions,
): NextResponse {
  const secure = isHttps(request.headers) || request.nextUrl.protocol === "https:";
  response.cookies.set({ name, value, maxAge, sameSite, secure, httpOnly: true, path: "/" });
  return response;
}

/** Clears the cookie with the response, which is empty by default. */
export function withoutCookie(
  request: NextRequest,
  options: Pick<CookieOptions, "name" | "sameSite">,
  response = new NextResponse(null, { status: 204 }),
): NextResponse {
  return withCookie(request, response, "", { ...options, maxAge: 0 });
}
