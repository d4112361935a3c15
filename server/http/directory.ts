import type { ListedRoom, RoomList, RoomSummary } from "../../core/shared/api-answers";
import { isRoomName } from "../../core/shared/limits";
import { DIRECTORY_ROOM } from "./directory-address";
import { EndedSignIns } from "./ended-sign-ins";
import { admitHttp } from "../gate/edge";
import { allow, forbidden, invalid, instantParam, notFound, nothingHere, wholeParam } from "./params";
import { compressed } from "./compressed";
import { errorResponse, jsonResponse } from "./problem";
import { readAsker, readRole } from "../gate/admission";
import { summaryOf } from "../figures";
import type { Cancel } from "../host";
import type { Server } from "../server";
import { RoomStorage } from "../store/room-storage";

const ROOM_PREFIX = "room:";
/** The path that admins may ask for. */
const ROOMS_PATH = `/parties/directory/${DIRECTORY_ROOM}/rooms`;
/** The path that the app, which has the key, may ask for: which of its sign-ins have ended. */
const ENDED_PATH = /^\/parties\/directory\/main\/ended-sign-ins(\/[A-Za-z0-9-]{1,64})?$/;
/** The paths that the server itself asks for. */
const SERVER_PATH = /^\/parties\/directory\/main\/(count|rooms\/[^/]+)$/;
const MOST_IDS = 100;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;

/** A room that has not answered for this long is shown as not answering. */
const ANSWER_WITHIN_MS = 3_000;

/** Lets an HTTP request through to the directory if it is allowed to ask (SE5). Never throws. */
export async function admitToDirectory(request: Request, server: Server): Promise<Request | Response> {
  // Requests from rooms and metrics use other paths. They come through the edge only from other processes.
  const { pathname } = new URL(request.url);
  const isOpen = pathname === ROOMS_PATH || ENDED_PATH.test(pathname);
  const isOfServer = server.settings.roomsUrl !== null && SERVER_PATH.test(pathname);
  if (!isOpen && !isOfServer) return nothingHere();
  return await admitHttp(request, null, server);
}

/**
 * The directory of rooms. A room registers when somebody first enters it. The directory asks rooms for their counts
 * when somebody looks; rooms do not push every change.
 */
export class Directory {
  readonly #storage: RoomStorage;
  readonly #ended: EndedSignIns;

  /** `id` identifies the directory, and names its file. */
  constructor(
    id: string,
    readonly server: Server,
  ) {
    // Memory holds only unwritten data. Everything else is read at each request.
    const nothing = { readable: async () => {}, lost: () => {}, changed: () => {} };
    this.#storage = new RoomStorage(id, () => null, server, nothing);
    this.#ended = new EndedSignIns(this.#storage);
  }

  async open(): Promise<void> {
    const found = await this.#storage.open(
      () => this.#storage.list({ prefix: ROOM_PREFIX }),
      (rooms) => rooms.size === 0,
    );
    if (!found) this.#storage.retryLater();
  }

  /** Answers a request as `admitToDirectory` let it through, or as another party sent it. Never throws. */
  async request(request: Request): Promise<Response> {
    try {
      const url = new URL(request.url);
      const [resource, name, ...rest] = url.pathname.split("/").slice(4);
      if (resource === "ended-sign-ins" && rest.length === 0)
        return await this.#endedSignIns(request, name, url.searchParams);
      if ((resource !== "rooms" && resource !== "count") || rest.length > 0)
        throw notFound("there is nothing at this address");
      if (name !== undefined) return await this.#entry(request, name);
      allow(request, "GET");
      if (readRole(request.headers) !== "admin") {
        throw forbidden("only admins may see the rooms");
      }
      if (resource === "count") return jsonResponse({ total: (await this.#names()).length });
      return compressed(request, jsonResponse(await this.#list(url.searchParams)));
    } catch (error) {
      return errorResponse(error, this.server.host);
    }
  }

  /** A room registers or unregisters, or the edge asks for a room. A token is not enough. */
  async #entry(request: Request, name: string): Promise<Response> {
    allow(request, "GET", "PUT", "DELETE");
    if (readRole(request.headers) !== "admin" || readAsker(request.headers) !== null)
      throw forbidden("rooms register themselves");
    if (!isRoomName(name)) throw invalid("room", "there is no room of this name");
    const known = await this.#storage.get<number>(ROOM_PREFIX + name);
    if (request.method === "GET" && known === undefined) throw notFound("nobody has been in this room");
    if (request.method === "PUT" && known === undefined)
      this.#storage.put(ROOM_PREFIX + name, this.server.host.now());
    if (request.method === "DELETE") this.#storage.delete(ROOM_PREFIX + name);
    // A crash must not lose the entry of a room that stores something. If nothing can be written, memory is enough
    // (OP3).
    if (request.method !== "GET") await this.#storage.settled().catch(() => {});
    return jsonResponse({ room: name }, request.method === "PUT" && known === undefined ? 201 : 200);
  }

  /** Tells which sign-ins of the app have ended, or stores that one has. Needs the key: a token is not enough. */
  async #endedSignIns(request: Request, id: string | undefined, params: URLSearchParams): Promise<Response> {
    if (readRole(request.headers) !== "admin" || readAsker(request.headers) !== null)
      throw forbidden("only the app may ask for this");
    if (id !== undefined) {
      allow(request, "PUT");
      await this.#ended.end(id, instantParam(params, "until", 0), this.server.host.now());
      return jsonResponse({ ended: [id] });
    }
    allow(request, "GET");
    const ids = (params.get("ids") ?? "").split(",");
    if (ids.length > MOST_IDS) throw invalid("ids", `at most ${MOST_IDS} ids can be asked for at once`);
    return jsonResponse({ ended: await this.#ended.among(ids) });
  }

  async #names(): Promise<string[]> {
    const stored = await this.#storage.list<number>({ prefix: ROOM_PREFIX });
    return [...stored.keys()].map((key) => key.slice(ROOM_PREFIX.length));
  }

  async #list(params: URLSearchParams): Promise<RoomList> {
    const limit = wholeParam(params, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
    const query = (params.get("q") ?? "").trim().toLowerCase();
    const cursor = params.get("cursor");
    if (cursor !== null && !isRoomName(cursor))
      throw invalid("cursor", "this is no cursor: leave it out for the first page");
    const names = await this.#names();
    const only = params.get("rooms")?.split(",");
    const matching = names.filter(
      (name) => name.toLowerCase().includes(query) && (only === undefined || only.includes(name)),
    );
    const start = cursor === null ? 0 : matching.findIndex((name) => name > cursor);
    const page = start < 0 ? [] : matching.slice(start, start + limit);
    const rooms = await Promise.all(page.map((name) => this.#summaryOf(name)));
    const more = start >= 0 && start + limit < matching.length;
    return {
      now: this.server.host.now(),
      total: matching.length,
      rooms,
      nextCursor: (more && page.at(-1)) || null,
      failingStorages: this.server.failing.count(this.server.host.now()),
    };
  }

  /** A room's summary, or that it does not answer. Wakes a room only if this process has no figures of it. */
  async #summaryOf(name: string): Promise<ListedRoom> {
    const { host, rooms } = this.server;
    const figures = rooms.figures(name);
    if (figures) return { room: name, answers: true, ...summaryOf(figures, host.now()) };
    let cancel: Cancel | undefined;
    try {
      const asked = this.server.ask("main", name, "/summary");
      const late = new Promise<never>((_, reject) => {
        cancel = host.after(ANSWER_WITHIN_MS, () => reject(new Error("no answer in time")));
      });
      const answer = await Promise.race([asked, late]);
      if (!answer.ok) throw new Error(`the room answered ${answer.status}`);
      return { room: name, answers: true, ...((await answer.json()) as RoomSummary) };
    } catch {
      return { room: name, answers: false };
    } finally {
      cancel?.();
    }
  }
}
