import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openPartySocket, type Socket, type SocketTarget } from "./socket";

/** The parts of a WebSocket that partysocket uses. The test controls the network. */
class FakeWebSocket extends EventTarget {
  static made: FakeWebSocket[] = [];
  readyState = 0;
  binaryType = "blob";
  sent: unknown[] = [];

  constructor(readonly url: string) {
    super();
    if (url.includes("unusable")) throw new SyntaxError("the URL is not valid");
    FakeWebSocket.made.push(this);
  }
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(): void {
    this.readyState = 2;
  }
  happen(event: Event, readyState: number): void {
    this.readyState = readyState;
    this.dispatchEvent(event);
  }
}

const closed = vi.fn<(code: number, reason: string) => void>();
const message = vi.fn<(data: unknown) => void>();
const target: SocketTarget = { host: "localhost:1999", room: "lobby", params: { token: "t", v: "1" } };

async function openOne(
  over: Partial<SocketTarget> = {},
): Promise<{ socket: Socket; ws: FakeWebSocket | undefined }> {
  const socket = openPartySocket({ ...target, ...over }, { closed, message }, FakeWebSocket);
  await vi.advanceTimersByTimeAsync(0);
  return { socket, ws: FakeWebSocket.made.at(-1) };
}

function closeEvent(code: number, reason: string): Event {
  return Object.assign(new Event("close"), { code, reason });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  FakeWebSocket.made = [];
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["localhost:1999", "ws://localhost:1999/"],
  ["presence.example.com", "wss://presence.example.com/"],
  ["http://presence.example.com:8080", "ws://presence.example.com:8080/"],
  ["https://localhost:1999/", "wss://localhost:1999/"],
])("a host %s is reached at %s", async (host, url) => {
  const { ws } = await openOne({ host });
  expect(ws?.url).toMatch(new RegExp(`^${url}parties/main/lobby\\?`));
  expect(new URL(ws?.url ?? "").searchParams.get("token")).toBe("t");
});

test("[HB7] partysocket never reconnects by itself, after any end", async () => {
  const { ws } = await openOne();
  ws?.happen(new Event("open"), 1);
  await vi.advanceTimersByTimeAsync(60_000);
  ws?.happen(closeEvent(1012, "restart"), 3);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(FakeWebSocket.made).toHaveLength(1);
  expect(closed.mock.calls).toEqual([[1012, "restart"]]);
});

test("[SY2] deflated frames arrive as readable buffers", async () => {
  const { ws } = await openOne();
  expect(ws?.binaryType).toBe("arraybuffer");
});

test("[SE3] the server's close code arrives", async () => {
  const { ws } = await openOne();
  ws?.happen(new Event("open"), 1);
  ws?.happen(closeEvent(4410, "signed out"), 3);
  expect(closed.mock.calls).toEqual([[4410, "signed out"]]);
});

test("a failed connection is reported once, as 1006", async () => {
  const { ws } = await openOne();
  ws?.happen(Object.assign(new Event("error"), { error: new Error("refused"), message: "refused" }), 3);
  ws?.happen(closeEvent(1006, ""), 3);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(closed).toHaveBeenCalledTimes(1);
  expect(closed.mock.calls[0]?.[0]).toBe(1006);
  expect(FakeWebSocket.made).toHaveLength(1);
});

test("an invalid URL is reported, not thrown", async () => {
  await openOne({ host: "unusable" });
  expect(closed.mock.calls).toEqual([[1006, "the URL is not valid"]]);
});

test("[ST2] nothing is queued: a message that cannot be sent now is not sent later", async () => {
  const { socket, ws } = await openOne();
  expect(socket.send("early")).toBe(false);
  ws?.happen(new Event("open"), 1);
  expect(ws?.sent).toEqual([]);
  expect(socket.send("now")).toBe(true);
  expect(ws?.sent).toEqual(["now"]);
});

test("closing before the socket was created creates none, and ends all events", async () => {
  const socket = openPartySocket(target, { closed, message }, FakeWebSocket);
  socket.close();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(FakeWebSocket.made).toHaveLength(0);
  const { socket: second, ws } = await openOne();
  ws?.happen(new Event("open"), 1);
  ws?.dispatchEvent(new MessageEvent("message", { data: "heard" }));
  second.close();
  ws?.dispatchEvent(new MessageEvent("message", { data: "late" }));
  ws?.happen(closeEvent(4410, ""), 3);
  expect(message.mock.calls).toEqual([["heard"]]);
  expect(closed).not.toHaveBeenCalled();
  expect(second.send("late")).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});
