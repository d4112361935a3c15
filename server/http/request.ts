import type { Room } from "../../core/room/room";
import type { RoomEvent } from "../../core/room/step";
import type { Audience, Role } from "../../core/shared/terms";
import type { Figures } from "../figures";
import type { History } from "../store/history";

/** A room as the API uses it. */
export interface ApiRoom {
  readonly room: Room;
  /** The wall time, in milliseconds since 1970. */
  readonly now: number;
  readonly history: History;
  figures(): Figures;
  readonly historyDays: number;
  /** The most ids that one request may name (SE4). */
  readonly maxIds: number;
  apply(event: RoomEvent): void;
  /** Forgets a user, and removes their name from the history (DB3). */
  erase(userId: string): Promise<void>;
  /** Deletes the room and its data, and returns the number of closed connections. Null for a room without data. */
  readonly deleteRoom: (() => Promise<number>) | null;
}

/** A request to a room, as the edge admitted it. */
export interface ApiRequest {
  readonly request: Request;
  readonly role: Role;
  /** The audience that the answer is for (PR1, PR3). */
  readonly audience: Audience;
  readonly roomName: string;
  readonly params: URLSearchParams;
  readonly now: number;
}
