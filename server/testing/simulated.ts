import type { Timings } from "../../core/shared/timings";
import { variableOf } from "../../core/shared/settings";
import type { Batch, HostFile, ListQuery, ProcessHost } from "../host";
import { FailingStorages } from "../store/failing-storages";
import { RoomStorage } from "../store/room-storage";
import { FakeStorage } from "./storage";

/** The environment of a simulated server with these timings. */
export function environmentOf(timings: Timings): Record<string, string> {
  const secrets = { ROLLCALL_TOKEN_SECRET: "t".repeat(32), ROLLCALL_API_KEY: "k".repeat(32) };
  const named = Object.entries(timings).map(([name, value]) => [variableOf(name), String(value)]);
  return { ...secrets, ...(Object.fromEntries(named) as Record<string, string>) };
}

/** The environment of a server that takes as many messages as tests send at one instant. */
export const UNLIMITED = {
  ROLLCALL_MAX_MESSAGES_PER_SECOND: "10000",
  ROLLCALL_MAX_MESSAGE_BURST: "100000",
};

/** What a simulated file keeps its values in. */
interface Values {
  get(keys: readonly string[]): ReadonlyMap<string, unknown>;
  list(query: ListQuery): ReadonlyMap<string, unknown>;
  write(batch: Batch): void;
}

/** A file over simulated values. `asked` wraps each request, to delay it, to fail it, or to count it. */
export function fileOn(
  values: Values,
  asked: <Answer>(answer: () => Promise<Answer>) => Promise<Answer> = (answer) => answer(),
): HostFile {
  // What a real host passes on is JSON.
  const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
  return {
    get: (keys) => asked(async () => copy([...values.get(keys)])),
    list: (query) => asked(async () => copy([...values.list(query)])),
    write: (batch) => asked(async () => values.write(copy(batch))),
    path: async () => "a simulated file",
  };
}

/** A room's storage over a file in memory. */
export function simulatedStorage(): { storage: RoomStorage; file: FakeStorage } {
  const file = new FakeStorage();
  const host: Partial<ProcessHost> = {
    now: () => 0,
    after: () => () => {},
    log: ({ message, error }) => {
      throw new Error(message, { cause: error });
    },
    file: () => fileOn(file),
  };
  const server = { host: host as ProcessHost, failing: new FailingStorages() };
  const events = { readable: async () => {}, lost: () => {}, changed: () => {} };
  return { storage: new RoomStorage("lobby", () => "lobby", server, events), file };
}
