import { beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_CHOICES } from "../../core/shared/choices";
import type { Choices, StatusMessage } from "../../core/shared/terms";
import { createPresenceClient, type PresenceClient } from "./presence-client";
import { FakeEnvironment, fakeUser, FAKE_TIMINGS } from "../testing/fake-environment";

let env: FakeEnvironment;
let client: PresenceClient;

const ann = fakeUser("ann");
const LUNCH: StatusMessage = { emoji: "🍕", text: "Lunch", untilAt: null };

function makeClient(observe = false): void {
  env = new FakeEnvironment();
  client = createPresenceClient({
    host: "h",
    room: "lobby",
    environment: env,
    getToken: async () => "token",
    observe,
  });
}

/** Connects, or reconnects, as a user whose choices the server already has. */
async function live(choices: Choices | null = null, self = "ann"): Promise<void> {
  client.start();
  await env.advance(2_000);
  env.socket.accept();
  env.socket.sync([ann], 0, FAKE_TIMINGS, "roster", undefined, choices, self);
}

const chosen = () => env.socket.sent.filter((message) => message.type === "choose");
const request = () => chosen().at(-1)?.request ?? 0;

beforeEach(() => makeClient());

test("[ST3] the client has the server's choices after the sync, and after another page chooses", async () => {
  expect(client.getOwnPresence()).toEqual({ user: null, ...DEFAULT_CHOICES, pending: false });
  await live({ ...DEFAULT_CHOICES, availability: "dnd", message: LUNCH });
  expect(client.getOwnPresence()).toMatchObject({ user: { id: "ann" }, availability: "dnd", message: LUNCH });
  const listener = vi.fn<() => void>();
  client.subscribe(listener);
  env.socket.say({ type: "choices", ...DEFAULT_CHOICES, availability: "invisible" });
  expect(listener).toHaveBeenCalledTimes(1);
  expect(client.getOwnPresence()).toMatchObject({ availability: "invisible", message: null, pending: false });
});

test("[ST3] a choice shows at once, and the server's answer confirms it", async () => {
  await live();
  client.setAvailability("away");
  expect(chosen()).toEqual([
    { type: "choose", request: request(), availability: "away", availabilityUntilAt: null },
  ]);
  expect(client.getOwnPresence()).toMatchObject({ availability: "away", pending: true });
  env.socket.say({ type: "choices", request: request(), ...DEFAULT_CHOICES, availability: "away" });
  expect(client.getOwnPresence()).toMatchObject({ availability: "away", pending: false });
});

test("[ST3] an answer to an earlier choice does not undo a later one", async () => {
  await live();
  client.setAvailability("away");
  const first = request();
  client.setAvailability("dnd");
  client.setMessage(LUNCH);
  env.socket.say({ type: "choices", request: first, ...DEFAULT_CHOICES, availability: "away" });
  expect(client.getOwnPresence()).toMatchObject({ availability: "dnd", message: LUNCH, pending: true });
  const now = { ...DEFAULT_CHOICES, availability: "dnd", message: LUNCH } as const;
  env.socket.say({ type: "choices", request: request(), ...now });
  expect(client.getOwnPresence()).toMatchObject({ availability: "dnd", message: LUNCH, pending: false });
});

test("[ST3 ST4 PR3] choices without a connection are kept, and sent in one message with the next connection", async () => {
  await live();
  env.socket.end();
  client.setAvailability("invisible");
  client.setAvailability("away");
  client.setMessage(LUNCH);
  client.setHideLastSeen(true);
  expect(client.getOwnPresence()).toMatchObject({ availability: "away", message: LUNCH, hideLastSeen: true });
  await live({ ...DEFAULT_CHOICES, availability: "dnd" });
  expect(chosen()).toEqual([
    {
      type: "choose",
      request: request(),
      availability: "away",
      availabilityUntilAt: null,
      message: LUNCH,
      hideLastSeen: true,
    },
  ]);
  expect(client.getOwnPresence()).toMatchObject({ availability: "away", pending: true });
});

test("[SE4] a choice that the server refuses is undone", async () => {
  await live({ ...DEFAULT_CHOICES, message: LUNCH });
  client.setMessage({ ...LUNCH, text: "too long for this server" });
  expect(client.getOwnPresence().message?.text).toBe("too long for this server");
  env.socket.say({ type: "error", code: "statusTooLong", detail: "" });
  expect(client.getOwnPresence()).toMatchObject({ message: LUNCH, pending: false });
});

test("[ST4] a message that every server refuses throws at once, with the reason", async () => {
  await live();
  expect(() => client.setMessage({ ...LUNCH, emoji: "pizza" })).toThrow(/emoji: must be one emoji/);
  expect(() => client.setMessage({ ...LUNCH, text: "half \ud83c" })).toThrow(TypeError);
  client.setMessage({ emoji: null, text: "  ", untilAt: null });
  expect(chosen()).toMatchObject([{ message: null }]);
});

test("[SE2] the unsent choices of one user are not sent for the next", async () => {
  await live();
  env.socket.end();
  client.setAvailability("invisible");
  await live(null, "ben");
  expect(chosen()).toEqual([]);
  expect(client.getOwnPresence()).toMatchObject({ availability: "auto", pending: false });
  env.socket.end();
  client.setAvailability("invisible");
  void client.signOut();
  expect(client.getOwnPresence()).toMatchObject({ availability: "auto", pending: false });
});

test("an observer's choices do nothing", async () => {
  makeClient(true);
  await live();
  client.setAvailability("away");
  expect(chosen()).toEqual([]);
  expect(client.getOwnPresence()).toEqual({ user: null, ...DEFAULT_CHOICES, pending: false });
});

test("[SY3] the own user is the same object until it changes", async () => {
  await live();
  const before = client.getOwnPresence();
  env.socket.diff({ seq: 1, added: [fakeUser("ben")] });
  expect(client.getOwnPresence()).toBe(before);
  env.socket.diff({ seq: 2, changed: [{ id: "ann", status: "away" }] });
  expect(client.getOwnPresence()).not.toBe(before);
  expect(client.getOwnPresence().user?.status).toBe("away");
});
