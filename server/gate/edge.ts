import { ANY_ROOM, opensRoom } from "../../core/shared/claims";
import { CLOSE, type CloseCode } from "../../core/shared/close-codes";
import { readHello } from "../../core/wire/hello";
import { isRoomName } from "../../core/shared/limits";
import { SettingError } from "../../core/shared/timings";
import { admit, admitRequest, readRole, splitAddress } from "./admission";
import { longestBody, refuseLongBody } from "./body";
import { deviceLabel } from "./device";
import { serveMetrics, type MetricsSource } from "../http/metrics";
import { allow, forbidden, notFound, unauthorized, unavailable } from "../http/params";
import { jsonResponse, ProblemError, problemResponse } from "../http/problem";
import { describeReadiness } from "../http/readiness";
import { refuseSocket, type Lifetime, type Parties } from "../../party/refuse-socket";
import { sameText } from "./same-text";
import { readSettings, type Settings } from "../settings";
import { verifyToken, type TokenResult } from "./tokens";

const TOKEN_CLOSES = {
  expired: CLOSE.tokenExpired,
  early: CLOSE.tokenExpired,
  misdated: CLOSE.tokenRefused,
  tooLong: CLOSE.profileTooLong,
  refused: CLOSE.tokenRefused,
  unavailable: CLOSE.unavailable,
} as const;

/** What the edge is told of the room that a request is for. */
interface Lobby {
  readonly id: string;
  readonly env: Record<string, unknown>;
}

/** Why a connection is refused. */
interface Refusal {
  readonly code: CloseCode;
  readonly reason: string;
}

/** Lets a connection through to its room, or refuses it before the room wakes (SE1). */
export async function admitConnection(
  request: Request,
  lobby: Lobby & { readonly parties: Parties },
  lifetime: Lifetime,
): Promise<Request | Response> {
  const admitted = await judgeConnection(request, lobby).catch((error: unknown) => ({
    code: CLOSE.unavailable,
    reason: describe(error),
  }));
  return admitted instanceof Request ? admitted : refuseSocket(admitted, lobby.parties, lifetime);
}

/** @throws whatever nobody foresaw */
async function judgeConnection(request: Request, lobby: Lobby): Promise<Request | Refusal> {
  const settings = readSettings(lobby.env);
  const params = new URLSearchParams(splitAddress(request.url).query);
  const hello = readHello(params);
  if (!hello.ok) {
    const code = hello.reason === "version" ? CLOSE.versionRefused : CLOSE.badMessages;
    return { code, reason: hello.detail };
  }
  const token = await verifyToken(params.get("token"), settings);
  if (!token.ok) return { code: TOKEN_CLOSES[token.reason], reason: token.detail };
  const { claims } = token;
  if (!isRoomName(lobby.id) || !opensRoom(claims, lobby.id)) {
    return { code: CLOSE.roomRefused, reason: "the token does not open this room" };
  }
  const { clientId, activity, observe, scope, known } = hello.hello;
  if (observe && claims.role !== "admin")
    return { code: CLOSE.roomRefused, reason: "only admins may observe" };
  return admit(request, {
    profile: { id: claims.sub, name: claims.name, picture: claims.picture },
    guest: claims.guest ?? false,
    role: claims.role,
    sessionId: claims.sid ?? null,
    clientId,
    observer: observe,
    device: deviceLabel(request.headers.get("user-agent")),
    activity,
    scope,
    known,
  });
}

/**
 * Lets an HTTP request through to its room if its key or token is allowed to ask (SE5). What is no single
 * room's affair, such as the directory, asks for a token that opens any room.
 */
export async function admitHttp(request: Request, lobby: Lobby): Promise<Request | Response> {
  try {
    const settings = readSettings(lobby.env);
    refuseLongBody(request, longestBody(settings.limits));
    if (lobby.id !== ANY_ROOM && !isRoomName(lobby.id)) throw notFound("there is no room of this name");
    const credentials = bearerOf(request);
    if (await sameText(credentials, settings.apiKey)) return admitRequest(request, "admin", null);
    const token = await verifyToken(credentials, settings);
    if (!token.ok) throw refusal(token, "the key or token is not valid");
    if (!opensRoom(token.claims, lobby.id)) {
      throw forbidden("the token does not open this room");
    }
    const { role, sub, sid } = token.claims;
    return admitRequest(request, role, { userId: sub, sessionId: sid ?? null });
  } catch (error) {
    return errorResponse(error);
  }
}

/**
 * Whom a token names, as this server reads it: how another server learns who has come to it, and how whoever maps a
 * provider's claims sees what has become of them (SE1).
 */
async function serveIdentity(request: Request, settings: Settings): Promise<Response> {
  const token = await verifyToken(bearerOf(request), settings);
  // Whoever has a token may know what is wrong with it.
  if (!token.ok) throw refusal(token, token.detail);
  const { claims, issuedBy } = token;
  const { sub: id, name, picture, rooms, role, sid, exp } = claims;
  const sessionId = sid ?? null;
  return jsonResponse({ id, name, picture, rooms, role, sessionId, expiresAt: exp * 1_000, issuedBy });
}

/** The key or token that a request bears. @throws {ProblemError} 401 when there is none */
function bearerOf(request: Request): string {
  const [scheme, credentials] = (request.headers.get("authorization") ?? "").split(" ", 2);
  if (scheme?.toLowerCase() === "bearer" && credentials) return credentials;
  throw unauthorized("a bearer key or token is needed");
}

function refusal(token: TokenResult & { ok: false }, ifRefused: string): ProblemError {
  if (token.reason === "unavailable") return unavailable(token.detail);
  return unauthorized(token.reason === "refused" ? ifRefused : token.detail);
}

/** Answers what is for no room: liveness, readiness, metrics, whom a token names, and a problem for everything else. */
export async function serveEdge(
  request: Request,
  lobby: Pick<Lobby, "env"> & MetricsSource,
): Promise<Response> {
  try {
    const settings = readSettings(lobby.env);
    refuseLongBody(request, longestBody(settings.limits));
    switch (new URL(request.url).pathname) {
      case "/health":
        allow(request, "GET", "HEAD");
        return jsonResponse({ status: "ok" });
      case "/ready": {
        allow(request, "GET", "HEAD");
        readSettings(lobby.env);
        const problem = await describeReadiness(lobby.parties, Date.now());
        if (problem !== null) throw unavailable(problem);
        return jsonResponse({ status: "ready" });
      }
      case "/identity":
        allow(request, "GET");
        return await serveIdentity(request, settings);
      case "/metrics": {
        const admitted = await admitHttp(request, { id: ANY_ROOM, env: lobby.env });
        if (admitted instanceof Response) return admitted;
        allow(request, "GET");
        if (readRole(admitted.headers) !== "admin") throw forbidden("only admins may see the metrics");
        return await serveMetrics(lobby, Date.now());
      }
      default:
        throw notFound("there is nothing at this address");
    }
  } catch (error) {
    return errorResponse(error);
  }
}

/** Turns whatever was thrown into a problem document; what nobody foresaw is logged and told without details. */
export function errorResponse(error: unknown): Response {
  if (error instanceof ProblemError) {
    return problemResponse(error.problem, error.headers);
  }
  return problemResponse({ status: 500, title: "Internal Server Error", detail: describe(error) });
}

function describe(error: unknown): string {
  if (error instanceof SettingError) return error.message;
  console.error("unexpected error", error);
  return "something unexpected happened; the server's log knows more";
}
