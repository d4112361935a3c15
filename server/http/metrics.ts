import { STATUSES } from "../../core/shared/statuses";
import { AS_ADMIN } from "../gate/admission";
import { DIRECTORY_ROOM } from "./directory-address";
import type { Figures } from "../figures";
import { HEADERS } from "./problem";
import type { Server } from "../server";
import type { Histogram, Stats } from "../../core/shared/api-answers";
import { FLUSH_BOUNDS, SILENCE_BOUNDS_MS } from "../stats";

/** A room that is awake, with its figures. */
type AwakeRoom = Figures & { readonly room: string };

/**
 * Answers with the figures of the awake rooms in Prometheus' text format (HB9). Wakes no room, because a sleeping room
 * has no new figures.
 */
export async function serveMetrics({ host, rooms }: Server): Promise<Response> {
  const answer = await host.ask("directory", DIRECTORY_ROOM, "/count", { headers: AS_ADMIN });
  if (!answer.ok) throw new Error("the directory does not answer");
  const { total } = (await answer.json()) as { total: number };
  const awake = rooms.awake(host.now()).map(({ room, figures }) => ({ ...figures, room }));
  return new Response(formatMetrics(total, awake), {
    headers: {
      ...HEADERS,
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}

/** Writes the figures as Prometheus reads them. */
function formatMetrics(total: number, awake: readonly AwakeRoom[]): string {
  const each = (value: (room: AwakeRoom) => number) =>
    awake.map((room) => [{ room: room.room }, value(room)] as const);
  const byName = (label: string, counts: (stats: Stats) => Record<string, number>) =>
    awake.flatMap(({ room, stats }) =>
      Object.entries(counts(stats)).map(([name, count]) => [{ room, [label]: name }, count] as const),
    );
  const users = awake.flatMap((room) =>
    STATUSES.map((status) => [{ room: room.room, status }, room[status]] as const),
  );
  return [
    metric("rollcall_rooms", "gauge", "Rooms that keep something of somebody.", [[{}, total]]),
    metric("rollcall_rooms_awake", "gauge", "Rooms that somebody is in, or was within ten minutes.", [
      [{}, awake.length],
    ]),
    metric("rollcall_users", "gauge", "Users a room knows, by status.", users),
    metric(
      "rollcall_connections",
      "gauge",
      "Live connections.",
      each((room) => room.connections),
    ),
    metric(
      "rollcall_suspect_connections",
      "gauge",
      "Connections that have stopped answering and are not yet dead.",
      each((room) => room.suspects),
    ),
    metric(
      "rollcall_storage_failing",
      "gauge",
      "1 while a room's storage cannot be read or written, and the room goes on in memory.",
      each((room) => (room.storageFault ? 1 : 0)),
    ),
    metric(
      "rollcall_storage_unwritten_keys",
      "gauge",
      "What a room still has to write, in keys, while its storage cannot be written.",
      each((room) => room.storageFault?.unwritten ?? 0),
    ),
    metric(
      "rollcall_connects_total",
      "counter",
      "Connections ever taken.",
      each(({ stats }) => stats.connects),
    ),
    metric(
      "rollcall_messages_received_total",
      "counter",
      "Messages from clients.",
      each(({ stats }) => stats.messagesIn),
    ),
    metric(
      "rollcall_frames_sent_total",
      "counter",
      "Syncs and diffs sent.",
      each(({ stats }) => stats.framesOut),
    ),
    metric(
      "rollcall_errors_total",
      "counter",
      "Messages refused, by error.",
      byName("code", (stats) => stats.errors),
    ),
    metric(
      "rollcall_closes_total",
      "counter",
      "Connections closed by the server, by close code.",
      byName("code", (stats) => stats.closes),
    ),
    metric(
      "rollcall_false_offline_total",
      "counter",
      "How often somebody shown offline turned out to be there.",
      each(({ stats }) => stats.falseOfflines),
    ),
    metric(
      "rollcall_webhooks_total",
      "counter",
      "Webhooks by outcome: delivered; failed, to be tried again; refused by the receiver and set aside; dropped as too old or too many.",
      byName("outcome", (stats) => stats.webhooks),
    ),
    metric(
      "rollcall_webhooks_waiting",
      "gauge",
      "Webhooks that are still to be delivered.",
      each((room) => room.webhooksWaiting),
    ),
    histogram(
      "rollcall_unnoticed_death_seconds",
      "How long dead connections had been silent when found.",
      awake,
      (stats) => stats.silence,
      SILENCE_BOUNDS_MS,
      1_000,
    ),
    histogram(
      "rollcall_flush_users",
      "Users that changed, per flush.",
      awake,
      (stats) => stats.flushSize,
      FLUSH_BOUNDS,
      1,
    ),
  ].join("");
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${format(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function histogram(
  name: string,
  help: string,
  rooms: readonly AwakeRoom[],
  of: (stats: Stats) => Histogram,
  bounds: readonly number[],
  unit: number,
): string {
  const lines = rooms.flatMap(({ room, stats }) => {
    const { counts, count, sum } = of(stats);
    const buckets = bounds.map(
      (bound, index) => `${name}_bucket${format({ room, le: String(bound / unit) })} ${counts[index] ?? 0}\n`,
    );
    return [
      ...buckets,
      `${name}_bucket${format({ room, le: "+Inf" })} ${count}\n`,
      `${name}_sum${format({ room })} ${sum / unit}\n`,
      `${name}_count${format({ room })} ${count}\n`,
    ];
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.join("")}`;
}

function format(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
