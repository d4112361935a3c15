import { AS_ADMIN } from "./gate/admission";
import { ConnectionIds } from "./gate/connection-ids";
import { DeviceLabels } from "./gate/device";
import { Tokens } from "./gate/tokens";
import type { PartyName, ProcessHost } from "./host";
import { Readiness } from "./http/readiness";
import { RoomsHere } from "./http/rooms-here";
import { readSettings, type Settings } from "./settings";
import { FailingStorages } from "./store/failing-storages";

/** What all rooms of one process share. A host makes one when the process handles its first event. */
export class Server {
  /** Tells this process from earlier ones. A time cannot: the wall clock may show one twice (TM1). */
  readonly id: string;
  /**
   * When this process began to serve, in milliseconds since 1970. Rooms wake one by one, some long after a restart.
   * Their users' time to return counts from here (GR3).
   */
  readonly servingSinceAt: number;
  readonly rooms = new RoomsHere();
  /** How many rooms the runtime has ended while people were in them. */
  roomsEnded = 0;
  readonly failing = new FailingStorages();
  readonly readiness: Readiness;
  readonly tokens: Tokens;
  readonly devices = new DeviceLabels();
  readonly connectionIds: ConnectionIds;
  #settings: Settings | undefined;

  constructor(readonly host: ProcessHost) {
    this.id = host.randomId();
    this.servingSinceAt = host.now();
    this.readiness = new Readiness(host, this.failing);
    this.tokens = new Tokens(host);
    this.connectionIds = new ConnectionIds(host);
  }

  /**
   * Sends a request to a room or to the directory, past its edge. With `ROLLCALL_ROOMS_URL` it may be in another process.
   * @throws when it does not answer
   */
  async ask(party: PartyName, room: string, path: string, method = "GET"): Promise<Response> {
    const { roomsUrl, apiKey } = this.settings;
    if (roomsUrl === null) return await this.host.ask(party, room, path, { method, headers: AS_ADMIN });
    const headers = { authorization: `Bearer ${apiKey}` };
    return await fetch(`${roomsUrl}/parties/${party}/${room}${path}`, { method, headers });
  }

  /**
   * The settings. They cannot change while the process runs, so they are read once (HB8).
   * @throws {SettingError} that names the environment variable which cannot work
   */
  get settings(): Settings {
    return (this.#settings ??= readSettings(this.host.env));
  }
}
