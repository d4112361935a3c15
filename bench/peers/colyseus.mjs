import http from "node:http";
import { Memo, toDelta } from "../lib/memo.mjs";
import { idOf, indexOf, load, nameOf, OFFLINE, ONLINE, versionOf } from "../lib/tools.mjs";

export const label = "Colyseus";
export const note =
  "0.16 (0.17 needs Node 22): a schema with a map of people, patches every 50 ms (its default), pings every 10 s as Rollcall's (its default is 3 s), an encoder's buffer large enough for the room. Joining includes its seat reservation by HTTP. Driven with @colyseus/schema's decoder over raw `ws`.";
export const versions = () => ({
  "@colyseus/core": versionOf("@colyseus/core"),
  "@colyseus/schema": versionOf("@colyseus/schema"),
});

const [JOIN_ROOM, ROOM_STATE, ROOM_STATE_PATCH] = [10, 14, 15];

async function defineState() {
  const { schema, Encoder, Decoder } = await load("@colyseus/schema");
  Encoder.BUFFER_SIZE = 1 << 20;
  const Person = schema({ name: "string", status: "uint8", since: "number" });
  const State = schema({ people: { map: Person } });
  return { Person, State, Decoder };
}

/** @param {number} port */
export async function serve(port) {
  const { Person, State } = await defineState();
  const { Server, Room, matchMaker } = await load("@colyseus/core");
  const { WebSocketTransport } = await load("@colyseus/ws-transport");

  class PresenceRoom extends Room {
    onCreate() {
      this.autoDispose = false;
      this.state = new State();
      this.onMessage("status", (/** @type {any} */ client, /** @type {number} */ status) =>
        this.become(client.userData, status),
      );
    }
    onJoin(/** @type {any} */ client, /** @type {any} */ { id, name }) {
      client.userData = id;
      const { people } = this.state;
      if (people.has(id)) this.become(id, ONLINE);
      else people.set(id, new Person().assign({ name, status: ONLINE, since: Date.now() }));
    }
    onLeave(/** @type {any} */ client) {
      this.become(client.userData, OFFLINE);
    }
    become(/** @type {string} */ id, /** @type {number} */ status) {
      this.state.people.get(id)?.assign({ status, since: Date.now() });
    }
  }

  const transport = new WebSocketTransport({ pingInterval: 10_000 });
  const server = new Server({ transport, greet: false, gracefullyShutdown: false });
  server.define("presence", PresenceRoom);
  await server.listen(port, "127.0.0.1", 4_096);
  await matchMaker.createRoom("presence", {});
}

/**
 * @param {string} url
 * @returns {Promise<import("../lib/client.mjs").Driver>}
 */
export async function drive(url) {
  const { State, Decoder } = await defineState();
  const { Packr } = await load("msgpackr");
  const packr = new Packr({ useRecords: false });
  const agent = new http.Agent({ keepAlive: true });
  const memo = new Memo();
  const reader = new Reader(State, Decoder);
  return {
    async address({ index }) {
      const seat = await reserve(url, { id: idOf(index), name: nameOf(index) }, agent);
      return `${url.replace("http", "ws")}/${seat.room.processId}/${seat.room.roomId}?sessionId=${seat.sessionId}`;
    },
    received(client, frame) {
      if (frame[0] === JOIN_ROOM) client.send(Uint8Array.of(JOIN_ROOM));
      else if (frame[0] === ROOM_STATE) client.apply(memo.read(frame, (bytes) => reader.whole(bytes)));
      else if (frame[0] === ROOM_STATE_PATCH) client.apply(memo.read(frame, (bytes) => reader.patch(bytes)));
    },
    change: (client, status) =>
      client.send(Buffer.concat([Buffer.from([13, 0xa6]), Buffer.from("status"), packr.pack(status)])),
    leave: (client) => client.letGo()?.close(),
  };
}

/**
 * @param {string} url
 * @param {object} options
 * @param {http.Agent} agent
 * @returns {Promise<any>}
 */
function reserve(url, options, agent) {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const request = http.request(
      `${url}/matchmake/join/presence`,
      { method: "POST", agent, headers },
      (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve(JSON.parse(text)));
      },
    );
    request.on("error", reject);
    request.end(JSON.stringify(options));
  });
}

/** Decodes the room's one sequence of patches once, and each whole state by itself. */
class Reader {
  /** @type {any} */
  #running = null;
  /** @type {Map<object, number>} */
  #indexes = new Map();

  /** @param {any} State @param {any} Decoder */
  constructor(State, Decoder) {
    this.create = () => new Decoder(new State());
  }

  /** @param {Buffer} bytes */
  whole(bytes) {
    const decoder = this.create();
    decoder.decode(bytes, { offset: 1 });
    /** @type {[number, number][]} */
    const entries = [];
    for (const [id, person] of decoder.state.people.entries()) {
      entries.push([indexOf(id), person.status]);
      if (!this.#running) this.#indexes.set(person, indexOf(id));
    }
    this.#running ??= decoder;
    return toDelta(entries, true);
  }

  /** @param {Buffer} bytes */
  patch(bytes) {
    const changes = this.#running?.decode(bytes, { offset: 1 }) ?? [];
    for (const { value, dynamicIndex } of changes) {
      if (typeof dynamicIndex === "string" && value) this.#indexes.set(value, indexOf(dynamicIndex));
    }
    /** @type {Map<number, number>} */
    const entries = new Map();
    for (const { ref, field, value } of changes) {
      const index = this.#indexes.get(ref);
      if (index !== undefined && field === "status") entries.set(index, value);
    }
    return toDelta([...entries], false);
  }
}
