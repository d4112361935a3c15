import type * as Party from "partykit/server";
import { ANY_ROOM } from "../../core/shared/claims";
import { isRoomName } from "../../core/shared/limits";
import { DIRECTORY_ROOM } from "./directory-address";
import { EndedSignIns } from "./ended-sign-ins";
import { admitHttp, errorResponse } from "../gate/edge";
import { allow, forbidden, invalid, instantParam, notFound, wholeParam } from "./params";
import { compressed } from "./compressed";
import { jsonResponse, problemResponse } from "./problem";
import { AS_ADMIN, readAsker, readRole } from "../gate/admission";
import { summaryOf } from "../figures";
import { figuresHere } from "./rooms-here";
import { countFailing, RoomStorage } from "../store/room-storage";
import { sameText } from "../gate/same-text";
import { readSettings } from "../settings";

const ROOM_PREFIX = "room:";
/** What the directory answers to the world. */
const ROOMS_PATH = `/parties/directory/${DIRECTORY_ROOM}/rooms`;
/** What it answers to the app, which has the key: which of the app's sign-ins have ended. */
const ENDED_PATH = /^\/parties\/directory\/main\/ended-sign-ins(\/[A-Za-z0-9-]{1,64})?$/;
const MOST_IDS = 100;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;

/** A room that has not answered for this long is shown as not answering. */
const ANSWER_WITHIN_MS = 3_000;

/**
 * The directory of rooms: a party of its own. A room registers itself when somebody first enters it; its counts are
 * asked for when somebody looks, and not pushed by every change.
 */
export default class Directory implements Party.Server {
  static onBeforeConnect(): Response {
    return problemResponse({
      status: 426,
      title: "Upgrade required",
      detail: "the directory is asked by HTTP",
    });
  }

  static async onBeforeRequest(
    request: Party.Request,
    lobby: Party.Lobby,
  ): Promise<Party.Request | Response> {
    // Rooms and the metrics ask for more, and come past the edge.
    const { pathname } = new URL(request.url);
    if (pathname !== ROOMS_PATH && !ENDED_PATH.test(pathname))
      return errorResponse(notFound("there is nothing at this address"));
    const everyRoom = { id: ANY_ROOM, env: lobby.env };
    return admitHttp(request as unknown as Request, everyRoom) as Promise<Party.Request | Response>;
  }

  readonly options = { hibernate: true };

  readonly #storage: RoomStorage;
  readonly #ended: EndedSignIns;

  constructor(readonly party: Party.Room) {
    // Nothing is kept in memory but what is owed: what cannot be read now is asked for again.
    const nothing = { readable: async () => {}, lost: () => {}, changed: () => {} };
    this.#storage = new RoomStorage(party, () => "directory", nothing);
    this.#ended = new EndedSignIns(this.#storage);
  }

  async onStart(): Promise<void> {
    const found = await this.#storage.open(() => this.#storage.list({ prefix: ROOM_PREFIX }));
    if (!found) this.#storage.retryLater();
  }

  async onRequest(request: Party.Request): Promise<Response> {
    try {
      const url = new URL(request.url);
      const [resource, name, ...rest] = url.pathname.split("/").slice(4);
      if (resource === "ended-sign-ins" && rest.length === 0)
        return await this.#endedSignIns(request as unknown as Request, name, url.searchParams);
      if ((resource !== "rooms" && resource !== "count") || rest.length > 0)
        throw notFound("there is nothing at this address");
      if (name !== undefined) return await this.#entry(request as unknown as Request, name);
      allow(request as unknown as Request, "GET");
      if (readRole(request.headers) !== "admin") {
        throw forbidden("only admins may see the rooms");
      }
      if (resource === "count") return jsonResponse({ total: (await this.#names()).length });
      return compressed(request, jsonResponse(await this.#list(url.searchParams)));
    } catch (error) {
      return errorResponse(error);
    }
  }

  /** A room tells that it exists or has been deleted, or the edge asks. Both come past the edge, so they bring the key. */
  async #entry(request: Request, name: string): Promise<Response> {
    allow(request, "GET", "PUT", "DELETE");
    const { apiKey } = readSettings(this.party.env);
    const key = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
    if (!(await sameText(key, apiKey))) {
      throw forbidden("rooms register themselves");
    }
    if (!isRoomName(name)) throw invalid("room", "there is no room of this name");
    const known = await this.#storage.get<number>(ROOM_PREFIX + name);
    if (request.method === "GET" && known === undefined) throw notFound("nobody has been in this room");
    if (request.method === "PUT" && known === undefined) this.#storage.put(ROOM_PREFIX + name, Date.now());
    if (request.method === "DELETE") this.#storage.delete(ROOM_PREFIX + name);
    // A crash must not make a room unknown that keeps something. Where nothing can be written, memory has to do (OP3).
    if (request.method !== "GET") await this.#storage.settled().catch(() => {});
    return jsonResponse({ room: name }, request.method === "PUT" && known === undefined ? 201 : 200);
  }

  /** Which sign-ins of the app have ended, and that another has. For whoever has the key: a token is not enough. */
  async #endedSignIns(request: Request, id: string | undefined, params: URLSearchParams): Promise<Response> {
    if (readRole(request.headers) !== "admin" || readAsker(request.headers) !== null)
      throw forbidden("only the app may ask for this");
    if (id !== undefined) {
      allow(request, "PUT");
      await this.#ended.end(id, instantParam(params, "until", 0), Date.now());
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

  async #list(params: URLSearchParams): Promise<unknown> {
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
      now: Date.now(),
      total: matching.length,
      rooms,
      nextCursor: more ? page.at(-1) : null,
      failingStorages: countFailing(Date.now()),
    };
  }

  /** What a room says of itself, or that it does not answer. A room is woken only if this process has not had it awake. */
  async #summaryOf(name: string): Promise<object> {
    const figures = figuresHere(name);
    if (figures) return { room: name, answers: true, ...summaryOf(figures, Date.now()) };
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const main = this.party.context.parties["main"];
      if (!main) throw new Error("there is no main party");
      // Between parties there is no edge: whoever is in here may ask as an admin.
      const asked = main.get(name).fetch("/summary", { headers: AS_ADMIN });
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("no answer in time")), ANSWER_WITHIN_MS);
      });
      const answer = await Promise.race([asked, late]);
      if (!answer.ok) throw new Error(`the room answered ${answer.status}`);
      return { room: name, answers: true, ...((await answer.json()) as object) };
    } catch {
      return { room: name, answers: false };
    } finally {
      clearTimeout(timer);
    }
  }
}
