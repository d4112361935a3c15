import { AS_ADMIN } from "./admission";
import { DIRECTORY_ROOM } from "./directory-address";
import { HEADERS } from "./problem";
import { FLUSH_BOUNDS, SILENCE_BOUNDS_MS, type Histogram, type Stats } from "./stats";

/** Where the figures come from: the directory asks every room. */
export interface MetricsSource {
  readonly parties: Record<
    string,
    { get(id: string): { fetch(path: string, init: object): Promise<Response> } }
  >;
}

/** One room's figures as the directory passes them on. */
interface RoomFigures {
  readonly room: string;
  readonly answers: boolean;
  readonly online: number;
  readonly away: number;
  readonly offline: number;
  readonly connections: number;
  readonly suspects: number;
  readonly stats: Stats;
}

/** Prometheus asks once a minute; more rooms than this are told of in several pages. */
const PAGE = 200;

/** Answers with all rooms' figures in Prometheus' text format (HB9). */
export async function serveMetrics({ parties }: MetricsSource): Promise<Response> {
  const rooms: RoomFigures[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor !== null && { cursor }) });
    const answer: Response | undefined = await parties["directory"]
      ?.get(DIRECTORY_ROOM)
      .fetch(`/stats?${query}`, { headers: AS_ADMIN });
    if (!answer?.ok) throw new Error("the directory does not answer");
    const page = (await answer.json()) as { rooms: RoomFigures[]; nextCursor: string | null };
    rooms.push(...page.rooms);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return new Response(formatMetrics(rooms), {
    headers: {
      ...HEADERS,
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "cache-control": "no-store",
    },
  });
}

/** Writes the figures as Prometheus reads them. */
function formatMetrics(rooms: readonly RoomFigures[]): string {
  const answering = rooms.filter(({ answers }) => answers);
  const each = (value: (room: RoomFigures) => number) =>
    answering.map((room) => [{ room: room.room }, value(room)] as const);
  const byName = (label: string, counts: (stats: Stats) => Record<string, number>) =>
    answering.flatMap(({ room, stats }) =>
      Object.entries(counts(stats)).map(([name, count]) => [{ room, [label]: name }, count] as const),
    );
  const statuses = ["online", "away", "offline"] as const;
  const users = answering.flatMap((room) =>
    statuses.map((status) => [{ room: room.room, status }, room[status]] as const),
  );
  return [
    metric("rollcall_rooms", "gauge", "Rooms that ever had a connection.", [[{}, rooms.length]]),
    metric("rollcall_rooms_silent", "gauge", "Rooms that do not answer.", [
      [{}, rooms.length - answering.length],
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
      "Webhook attempts by outcome; dropped ones were given up.",
      byName("outcome", (stats) => stats.webhooks),
    ),
    histogram(
      "rollcall_unnoticed_death_seconds",
      "How long dead connections had been silent when found.",
      answering,
      (stats) => stats.silence,
      SILENCE_BOUNDS_MS,
      1_000,
    ),
    histogram(
      "rollcall_flush_users",
      "Users that changed, per flush.",
      answering,
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
  rooms: readonly RoomFigures[],
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
