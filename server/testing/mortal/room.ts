import type * as Party from "partykit/server";
import RoomServer from "../../../party/room";

/** The room as it is, which the runtime ends when asked to: as it does with any object that throws where it may not. */
export default class MortalRoom extends RoomServer {
  readonly #room: Party.Room;

  constructor(room: Party.Room) {
    super(room);
    this.#room = room;
  }

  override onRequest(request: Party.Request): Promise<Response> {
    if (!request.url.endsWith("/die")) return super.onRequest(request);
    return this.#room.blockConcurrencyWhile(() => Promise.reject(new Error("the room is to die")));
  }
}
