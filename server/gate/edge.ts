import { ANY_ROOM, opensRoom } from "../../core/shared/claims";
import { CLOSE, type CloseCode } from "../../core/shared/close-codes";
import { isRoomName } from "../../core/shared/limits";
import type { Problem } from "../../core/shared/problem";
import { readHello } from "../../core/wire/hello";
import { compressed } from "../http/compressed";
import { serveMetrics } from "../http/metrics";
import { allow, forbidden, notFound, unauthorized, unavailable } from "../http/params";
import { describeError, errorResponse, jsonResponse } from "../http/problem";
import type { Server } from "../server";
import { admit, admitRequest, readRole, splitAddress } from "./admission";
import { longestBody, refuseLongBody } from "./body";
import { sameText } from "./same-text";
import type { TokenResult } from "./tokens";

const TOKEN_CLOSES = {
  expired: CLOSE.tokenExpired,
  early: CLOSE.tokenExpired,
  misdated: CLOSE.tokenRefused,
  tooLong: CLOSE.profileTooLong,
  refused: CLOSE.tokenRefused,
  unavailable: CLOSE.unavailable,
} as const;

/** Why a connection is refused. The host accepts the socket and closes it with this code and reason. */
export interface Refusal {
  readonly code: CloseCode;
  readonly reason: string;
}

/** Lets a connection through to its room, or refuses it before the room wakes (SE1). Never throws. */
export async function admitConnection(
  request: Request,
  room: string,
  server: Server,
): Promise<Request | Refusal> {
  try {
    return await judgeConnection(request, room, server);
  } catch (error) {
    return { code: CLOSE.unavailable, reason: describeError(error, server.host) };
  }
}

async function judgeConnection(request: Request, room: string, server: Server): Promise<Request | Refusal> {
  const { settings } = server;
  const params = new URLSearchParams(splitAddress(request.url).query);
  const hello = readHello(params);
  if (!hello.ok) {
    const code = hello.reason === "version" ? CLOSE.versionRefused : CLOSE.badMessages;
    return { code, reason: hello.detail };
  }
  const token = await server.tokens.verify(params.get("token"), settings);
  if (!token.ok) return { code: TOKEN_CLOSES[token.reason], reason: token.detail };
  const { claims } = token;
  if (!isRoomName(room) || !opensRoom(claims, room)) {
    return { code: CLOSE.roomRefused, reason: "the token does not open this room" };
  }
  const { clientId, activity, observe, scope, resumeFrom } = hello.hello;
  if (observe && claims.role !== "admin")
    return { code: CLOSE.roomRefused, reason: "only admins may observe" };
  const admission = {
    profile: { id: claims.sub, name: claims.name, picture: claims.picture },
    guest: claims.guest ?? false,
    role: claims.role,
    sessionId: claims.sid ?? null,
    clientId,
    observer: observe,
    device: server.devices.of(request.headers.get("user-agent")),
    activity,
    scope,
    resumeFrom,
  };
  return admit(request, admission, server.connectionIds.next());
}

/**
 * Lets an HTTP request through to its room if its key or token is allowed to ask (SE5). A request that is not for a
 * single room, such as one to the directory, has null as its room and needs a token that opens any room. Never throws.
 */
export async function admitHttp(
  request: Request,
  room: string | null,
  server: Server,
): Promise<Request | Response> {
  try {
    const { settings } = server;
    refuseLongBody(request, longestBody(settings.limits));
    if (room !== null && !isRoomName(room)) throw notFound("there is no room of this name");
    const bearer = bearerOf(request);
    if (await sameText(bearer, settings.apiKey)) return admitRequest(request, "admin", null);
    const token = await server.tokens.verify(bearer, settings);
    if (!token.ok) throw refusal(token, "the key or token is not valid");
    if (!opensRoom(token.claims, room ?? ANY_ROOM)) throw forbidden("the token does not open this room");
    const { role, sub, sid } = token.claims;
    return admitRequest(request, role, { userId: sub, sessionId: sid ?? null });
  } catch (error) {
    return errorResponse(error, server.host);
  }
}

/**
 * Whom a token names, as this server reads it. The app asks who has come to it; a developer who maps a provider's
 * claims sees the result (SE1).
 */
async function serveIdentity(request: Request, server: Server): Promise<Response> {
  const token = await server.tokens.verify(bearerOf(request), server.settings);
  // The bearer of a token may know what is wrong with it.
  if (!token.ok) throw refusal(token, token.detail);
  const { claims, issuedBy } = token;
  const { sub: id, name, picture, rooms, role, sid, exp } = claims;
  const sessionId = sid ?? null;
  return jsonResponse({ id, name, picture, rooms, role, sessionId, expiresAt: exp * 1_000, issuedBy });
}

/** The key or token that a request bears. @throws {Problem} 401 when there is none */
function bearerOf(request: Request): string {
  const [scheme, credentials] = (request.headers.get("authorization") ?? "").split(" ", 2);
  if (scheme?.toLowerCase() === "bearer" && credentials) return credentials;
  throw unauthorized("a bearer key or token is needed");
}

function refusal(token: TokenResult & { ok: false }, ifRefused: string): Problem {
  if (token.reason === "unavailable") return unavailable(token.detail);
  return unauthorized(token.reason === "refused" ? ifRefused : token.detail);
}

/**
 * Answers requests that are for no room: liveness, readiness, metrics, whom a token names, and a problem for everything
 * else. Never throws.
 */
export async function serveEdge(request: Request, server: Server): Promise<Response> {
  try {
    refuseLongBody(request, longestBody(server.settings.limits));
    return compressed(request, await answerEdge(request, server));
  } catch (error) {
    return compressed(request, errorResponse(error, server.host));
  }
}

async function answerEdge(request: Request, server: Server): Promise<Response> {
  switch (new URL(request.url).pathname) {
    case "/health":
      allow(request, "GET", "HEAD");
      return jsonResponse({ status: "ok" });
    case "/ready": {
      allow(request, "GET", "HEAD");
      const problem = await server.readiness.problem();
      if (problem !== null) throw unavailable(problem);
      return jsonResponse({ status: "ready" });
    }
    case "/identity":
      allow(request, "GET");
      return await serveIdentity(request, server);
    case "/metrics": {
      const admitted = await admitHttp(request, null, server);
      if (admitted instanceof Response) return admitted;
      allow(request, "GET");
      if (readRole(admitted.headers) !== "admin") throw forbidden("only admins may see the metrics");
      return await serveMetrics(server);
    }
    default:
      throw notFound("there is nothing at this address");
  }
}
