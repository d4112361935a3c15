/** How a test calls an operation; what is left out is good. */
export interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Credentials; none when empty. */
  readonly bearer?: string;
}

/** Requests that cannot be answered, and the field that the problem must name. */
export const BAD_REQUESTS: readonly (readonly [
  operationId: string,
  what: string,
  call: Call,
  field: string,
])[] = [
  ["listUsers", "a limit of nothing", { query: { limit: "0" } }, "limit"],
  ["listUsers", "a limit too high", { query: { limit: "1001" } }, "limit"],
  ["listUsers", "a limit in another notation", { query: { limit: "1e2" } }, "limit"],
  ["listUsers", "an unknown status", { query: { status: "busy" } }, "status"],
  ["listUsers", "nonsense for a cursor", { query: { cursor: "nonsense" } }, "cursor"],
  ["listUsers", "an empty cursor", { query: { cursor: "" } }, "cursor"],
  ["listUsers", "another room's cursor", { query: { cursor: btoa('["elsewhere","a","b"]') } }, "cursor"],
  ["listUsers", "too many ids", { query: { ids: ",".repeat(1_000) } }, "ids"],
  ["queryUsers", "too many ids", { body: { ids: Array.from({ length: 1_001 }, () => "a") } }, "ids"],
  ["listUsers", "an id longer than any", { query: { ids: "x".repeat(129) } }, "ids"],
  ["queryUsers", "an id longer than any", { body: { ids: ["x".repeat(129)] } }, "ids"],
  ["queryUsers", "ids that are no texts", { body: { ids: [1] } }, "ids"],
  ["queryUsers", "no ids", { body: {} }, "ids"],
  ["queryUsers", "no JSON", { body: "{" }, "ids"],
  ["queryUsers", "no body", {}, "ids"],
  ...["getUser", "eraseUser", "disconnectUser", "getUserHistory"].map(
    (id) => [id, "an id that is no percent-encoded text", { path: { id: "%E0%A4%A" } }, "path"] as const,
  ),
  ...["getUserHistory", "getRoomHistory"].flatMap((id) => [
    [id, "from after to", { query: { from: "5", to: "4" } }, "from"] as const,
    [id, "from before 1970", { query: { from: "-5" } }, "from"] as const,
    [id, "from in words", { query: { from: "May 4" } }, "from"] as const,
    [id, "to in words", { query: { to: "tomorrow" } }, "to"] as const,
    [id, "a range longer than is kept", { query: { from: "2020-01-01T00:00:00Z" } }, "from"] as const,
  ]),
  ["getRoomHistory", "a step of 0", { query: { step: "0" } }, "step"],
  ["getRoomHistory", "a step that is no number", { query: { step: "soon" } }, "step"],
  [
    "getRoomHistory",
    "a week by seconds",
    { query: { from: String(Date.now() - 7 * 86_400_000), step: "1000" } },
    "step",
  ],
  ["listRooms", "a limit too high", { query: { limit: "201" } }, "limit"],
  ["listRooms", "a cursor that is no room", { query: { cursor: "no room" } }, "cursor"],
];
