import { DIRECTORY_ROOM } from "./directory-address";
import type { Server } from "../server";

/** Tells the directory that one room exists, or keeps nothing any more: one request after the other. */
export class Registration {
  #isRegistered = false;
  #done: Promise<void> = Promise.resolve();

  constructor(readonly server: Server) {}

  /**
   * Registers the room once after each waking, because the directory may have lost its file (OP3). A failed attempt is
   * repeated with the next connection. `onKnown` is called if the directory knew the room already.
   */
  register(room: string, onKnown: () => void): void {
    if (this.#isRegistered) return;
    this.#isRegistered = true;
    this.#done = this.#done.then(async () => {
      try {
        const answer = await askDirectory(this.server, room, "PUT");
        if (!answer.ok) throw new Error(`the directory answered ${answer.status}`);
        // The room may have been deleted meanwhile.
        if (this.#isRegistered && answer.status === 200) onKnown();
      } catch {
        this.#isRegistered = false;
      }
    });
  }

  /** Tells the directory that the room stores nothing. After a failure the list of rooms shows an empty room. */
  unregister(room: string): Promise<void> {
    this.#isRegistered = false;
    this.#done = this.#done.then(async () => {
      await askDirectory(this.server, room, "DELETE").catch(() => null);
    });
    return this.#done;
  }
}

/** Whether the directory knows the room. @throws when it does not answer */
export async function isRegistered(server: Server, room: string): Promise<boolean> {
  const answer = await askDirectory(server, room, "GET");
  if (answer.ok || answer.status === 404) return answer.ok;
  throw new Error(`the directory answered ${answer.status}`);
}

async function askDirectory(server: Server, room: string, method: string): Promise<Response> {
  const answer = await server.ask("directory", DIRECTORY_ROOM, `/rooms/${room}`, method);
  // An unread body would keep the request open.
  await answer.text();
  return answer;
}
