// Rooms that do as little as a PartyKit room can: what the platform costs before a product does anything.
// MODE says which: `accept` takes sockets and answers each once; `broadcast` sends one frame per change to
// everybody; `coalesce` does so at once when it has been quiet, and at most every 100 ms otherwise; `heartbeat`
// accepts, asks all of them every 10 s and reads the answers.

const FLUSH_MS = 100;
const INTERVAL_MS = 10_000;

export default class FloorRoom {
  options = { hibernate: true };
  /** @type {Map<string, { id: string, socket: any, synced: boolean }>} */
  #listeners = new Map();
  /** @type {Map<string, [id: string, name: string, status: number]>} */
  #people = new Map();
  /** @type {Set<string>} */
  #touched = new Set();
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;
  #flushedAt = 0;
  #mode;

  static onFetch() {
    return Response.json({ status: "ok" });
  }

  /** @param {any} party */
  constructor(party) {
    this.#mode = party.env.MODE;
  }

  /** @param {any} socket @param {any} context */
  onConnect(socket, { request }) {
    if (this.#mode === "accept") return socket.send("[]");
    if (this.#mode === "heartbeat") return this.#keepAsking(socket);
    const params = new URL(request.url).searchParams;
    const [id, name] = [params.get("id") ?? "", params.get("name") ?? ""];
    this.#listeners.set(socket.id, { id, socket, synced: this.#mode === "broadcast" });
    this.#people.set(id, [id, name, 2]);
    if (this.#mode === "broadcast") socket.send(JSON.stringify({ all: [...this.#people.values()] }));
    this.#changed(id, socket.id);
  }

  /** @param {string} message @param {any} socket */
  onMessage(message, socket) {
    if (this.#mode === "heartbeat") return void JSON.parse(message);
    const id = this.#listeners.get(socket.id)?.id ?? "";
    this.#setStatus(id, JSON.parse(message).status);
  }

  /** @param {any} socket */
  onClose(socket) {
    const id = this.#listeners.get(socket.id)?.id;
    this.#listeners.delete(socket.id);
    socket.close();
    if (id !== undefined) this.#setStatus(id, 0);
  }

  /** @param {any} socket */
  #keepAsking(socket) {
    socket.send("[]");
    this.#listeners.set(socket.id, { id: socket.id, socket, synced: true });
    if (this.#listeners.size > 1) return;
    setInterval(() => {
      const ping = JSON.stringify({ type: "ping", now: Date.now() });
      for (const listener of this.#listeners.values()) listener.socket.send(ping);
    }, INTERVAL_MS);
  }

  /** @param {string} id @param {number} status */
  #setStatus(id, status) {
    const person = this.#people.get(id);
    if (!person) return;
    person[2] = status;
    this.#changed(id);
  }

  /** @param {string} id @param {string} [except] */
  #changed(id, except) {
    this.#touched.add(id);
    if (this.#mode === "broadcast") return this.#flush(except);
    if (this.#timer !== null) return;
    const waitMs = this.#flushedAt + FLUSH_MS - Date.now();
    if (waitMs <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), waitMs);
  }

  /** @param {string} [except] */
  #flush(except) {
    this.#timer = null;
    this.#flushedAt = Date.now();
    const text = JSON.stringify({ some: [...this.#touched].map((id) => this.#people.get(id)) });
    this.#touched.clear();
    let all = "";
    for (const [key, listener] of this.#listeners) {
      if (key === except) continue;
      if (!listener.synced) all ||= JSON.stringify({ all: [...this.#people.values()] });
      listener.socket.send(listener.synced ? text : all);
      listener.synced = true;
    }
  }
}
