import { STATUSES } from "../../core/shared/statuses";
import { DIRECTORY_ROOM } from "./directory-address";
import type { Figures } from "../figures";
import { HEADERS } from "./problem";
import type { Server } from "../server";
import { FLUSH_BOUNDS, SILENCE_BOUNDS_MS } from "../stats";

/** A room that is awake, with its figures. */
type AwakeRoom = Figures & { readonly room: string };

/**
 * Answers with the figures of the awake rooms in Prometheus' text format (HB9). Wakes no room, because a sleeping room
 * has no new figures.
 */
export async function serveMetrics(server: Server): Promise<Response> {
  const answer = await server.ask("directory", DIRECTORY_ROOM, "/count");
  if (!answer.ok) throw new Error("the directory does not answer");
  const { total } = (await answer.json()) as { total: number };
  const awake = server.rooms.awake(server.host.now()).map(({ room, figures }) => ({ ...figures, room }));
  return new Response(formatMetrics(total, server.roomsEnded, awake), {
    headers: {
      ...HEADERS,
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}

/** The figures that each room has once: type, name, help and value. */
const OF_ROOMS: readonly (readonly [string, string, string, (room: AwakeRoom) => number])[] = [
  ["gauge", "connections", "Live connections.", (room) => room.connections],
  ["gauge", "suspect_connections", "Connections that do not answer.", (room) => room.suspects],
  ["gauge", "storage_failing", "1 while a room's storage fails.", (room) => (room.storageFault ? 1 : 0)],
  ["gauge", "storage_unwritten_keys", "Keys not written yet.", (room) => room.storageFault?.unwritten ?? 0],
  ["gauge", "webhooks_waiting", "Webhooks that wait.", (room) => room.webhooksWaiting],
  ["counter", "connects_total", "Accepted connections.", ({ stats }) => stats.connects],
  ["counter", "messages_received_total", "Messages from clients.", ({ stats }) => stats.messagesIn],
  ["counter", "frames_sent_total", "Sent syncs and diffs.", ({ stats }) => stats.framesOut],
  [
    "counter",
    "false_offline_total",
    "Users shown offline whose page was back within graceMs.",
    ({ stats }) => stats.falseOfflines,
  ],
];

/** Writes the figures as Prometheus reads them. */
function formatMetrics(total: number, ended: number, awake: readonly AwakeRoom[]): string {
  const byName = (label: string, figure: "errors" | "closes" | "webhooks") =>
    awake.flatMap(({ room, stats }) =>
      Object.entries(stats[figure]).map(([name, count]) => [{ room, [label]: name }, count] as const),
    );
  const users = awake.flatMap((room) =>
    STATUSES.map((status) => [{ room: room.room, status }, room[status]] as const),
  );
  return [
    metric("gauge", "rooms", "Rooms with stored data.", [[{}, total]]),
    metric("gauge", "rooms_awake", "Rooms with users, now or within ten minutes.", [[{}, awake.length]]),
    metric("counter", "rooms_ended_total", "Rooms that the runtime ended with people in them.", [
      [{}, ended],
    ]),
    metric("gauge", "users", "Known users, by status.", users),
    ...OF_ROOMS.map(([type, name, help, value]) => {
      const samples = awake.map((room) => [{ room: room.room }, value(room)] as const);
      return metric(type, name, help, samples);
    }),
    metric("counter", "errors_total", "Refused messages, by error.", byName("code", "errors")),
    metric("counter", "closes_total", "Connections closed by the server.", byName("code", "closes")),
    metric("counter", "webhooks_total", "Webhooks. Failed ones are repeated.", byName("outcome", "webhooks")),
    histogram("unnoticed_death_seconds", "Silence of the dead.", awake, "silence", SILENCE_BOUNDS_MS, 1_000),
    histogram("flush_users", "Changed users per flush.", awake, "flushSize", FLUSH_BOUNDS, 1),
  ].join("");
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

function metric(type: string, name: string, help: string, samples: readonly Sample[]): string {
  return withHead(
    type,
    name,
    help,
    samples.map(([labels, value]) => [name, labels, value]),
  );
}

function histogram(
  name: string,
  help: string,
  rooms: readonly AwakeRoom[],
  figure: "silence" | "flushSize",
  bounds: readonly number[],
  unit: number,
): string {
  const lines = rooms.flatMap(({ room, stats }): Line[] => {
    const { counts, count, sum } = stats[figure];
    return [
      ...bounds.map((bound, i): Line => [`${name}_bucket`, { room, le: `${bound / unit}` }, counts[i] ?? 0]),
      [`${name}_bucket`, { room, le: "+Inf" }, count],
      [`${name}_sum`, { room }, sum / unit],
      [`${name}_count`, { room }, count],
    ];
  });
  return withHead("histogram", name, help, lines);
}

type Line = readonly [name: string, ...sample: Sample];

function withHead(type: string, name: string, help: string, lines: readonly Line[]): string {
  const text = lines.map(([name, labels, value]) => `rollcall_${name}${format(labels)} ${value}\n`).join("");
  return `# HELP rollcall_${name} ${help}\n# TYPE rollcall_${name} ${type}\n${text}`;
}

function format(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
