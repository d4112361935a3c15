import { NextResponse, type NextRequest } from "next/server";
import { isHttps } from "./party-url";

interface CookieOptions {
  readonly name: string;
  readonly sameSite: "lax" | "strict";
  readonly maxAge: number;
}

/** The response with a cookie that scripts cannot read, and that travels over https alone where there is https. */
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

/** The response, an empty one unless there is another, taking the cookie back. */
export function withoutCookie(
  request: NextRequest,
  options: Pick<CookieOptions, "name" | "sameSite">,
  response = new NextResponse(null, { status: 204 }),
): NextResponse {
  return withCookie(request, response, "", { ...options, maxAge: 0 });
}
