import fc from "fast-check";
import { test } from "vitest";
import { AVAILABILITIES, type SomeChoices } from "../core/shared/choices";
import type { Activity } from "../core/shared/terms";
import { SHORT_TIMINGS } from "../core/testing/driver";
import { readFrame } from "../core/testing/frames";
import type { Frame } from "../core/wire/frames";
import { decodeServerMessage, encodeClientMessage, type ClientMessage } from "../core/wire/protocol";
import { environmentOf, UNLIMITED } from "./testing/simulated";
import { SimulatedSocket, Stage } from "./testing/stage";

/*
 * Two rooms with the same events, except that Ada becomes invisible in one of them and signs out in the other.
 * Whatever she does afterwards, members of both rooms are sent exactly the same (PR2).
 */

/**
 * Everything happens at multiples of this. A flush that follows another one is a little later, and counts as the same.
 */
const STEP_MS = 100;
const TIMINGS = { ...SHORT_TIMINGS, flushMs: 10 };

const steps = (max: number) => fc.nat({ max }).map((count) => count * STEP_MS);
const activity: fc.Arbitrary<Activity> = fc.record({ idleMs: steps(90), hiddenMs: fc.option(steps(50)) });
/** Choices whose ends are counted from when they are made. */
const choices: fc.Arbitrary<SomeChoices> = fc.record(
  {
    availability: fc.constantFrom(...AVAILABILITIES),
    availabilityUntilAt: fc.option(steps(300)),
    message: fc.option(
      fc.record({
        emoji: fc.constantFrom("🍕", null),
        text: fc.constantFrom("Lunch", "Focus"),
        untilAt: fc.option(steps(300)),
      }),
    ),
    hideLastSeen: fc.boolean(),
  },
  { requiredKeys: [] },
);
const tab = fc.nat({ max: 2 });
const name = fc.constantFrom<string>("Ada", "Ada L.", "A. Lovelace");

/** An action of a user; `tab` is the index of the user's tab. */
const deed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("connect" as const), tab, name, activity }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("hear" as const), tab, activity }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("leave" as const, "close" as const), tab }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("choose" as const), tab, choices }) },
);
type Deed = typeof deed extends fc.Arbitrary<infer Type> ? Type : never;

const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ who: fc.constant("ada" as const), deed }) },
  { weight: 4, arbitrary: fc.record({ who: fc.constantFrom("ben", "cleo"), deed }) },
  { weight: 4, arbitrary: fc.record({ passMs: fc.oneof(steps(9), steps(90)) }) },
  { weight: 1, arbitrary: fc.constant({ sleep: true } as const) },
  { weight: 4, arbitrary: fc.constant({ resync: true } as const) },
);
type Event = typeof event extends fc.Arbitrary<infer Type> ? Type : never;

/** A page, which keeps what it is sent if its user reads along. */
class Page extends SimulatedSocket {
  constructor(
    id: string,
    readonly receive: (frame: Frame) => void,
  ) {
    super(id);
  }
  send(frame: Frame): void {
    this.receive(frame);
  }
}

/** A room with the messages that two members are sent. One of them hides when they were last seen (PR3). */
class Told extends Stage<Page> {
  readonly texts: string[] = [];

  constructor() {
    super({ ...environmentOf(TIMINGS), ...UNLIMITED });
  }

  async begin(): Promise<void> {
    for (const reader of ["eve", "finn"])
      await this.#enter(`${reader} 0`, reader, { idleMs: 0, hiddenMs: null });
    await this.#say("finn 0", { type: "choose", request: 1, hideLastSeen: true });
    await this.pass(STEP_MS);
  }

  async happens(given: Event): Promise<void> {
    if ("who" in given) await this.does(given.who, given.deed);
    else if ("passMs" in given) await this.pass(given.passMs);
    else if ("sleep" in given) this.sleep();
    else await this.resync();
    await this.pass(STEP_MS);
  }

  async does(who: string, given: Deed): Promise<void> {
    const id = `${who} ${given.tab}`;
    const page = this.lines.get(id);
    switch (given.do) {
      case "connect":
        if (!page?.isOpen) await this.#enter(id, given.name, given.activity);
        break;
      case "hear":
        await this.#say(id, { type: "activity", ...given.activity });
        break;
      case "leave":
        await this.#say(id, { type: "leaving" });
        break;
      case "close":
        if (page?.isOpen) await this.hangUp(page);
        break;
      case "choose": {
        const { availabilityUntilAt, message, ...rest } = given.choices;
        await this.#say(id, {
          type: "choose",
          request: 1,
          ...rest,
          ...(availabilityUntilAt !== undefined && { availabilityUntilAt: this.#end(availabilityUntilAt) }),
          ...(message !== undefined && {
            message: message && { ...message, untilAt: this.#end(message.untilAt) },
          }),
        });
        break;
      }
      default:
        given satisfies never;
    }
  }

  async signOut(id: string): Promise<void> {
    await this.#say(id, { type: "signOut" });
  }

  async resync(): Promise<void> {
    for (const id of ["eve 0", "finn 0"]) await this.#say(id, { type: "resync" });
  }

  async pass(ms: number): Promise<void> {
    await this.scheduler.runUntil(this.wall + ms, () => {});
  }

  #end(inMs: number | null): number | null {
    return inMs === null ? null : this.wall + inMs;
  }

  async #say(id: string, message: ClientMessage): Promise<void> {
    (await this.wake()).message(id, encodeClientMessage(message));
  }

  async #enter(id: string, name: string, given: Activity): Promise<void> {
    const userId = id.slice(0, -2);
    const reads = userId === "eve" || userId === "finn";
    const page = new Page(id, reads ? (frame) => this.#read(id, frame) : () => {});
    await this.connect(page, {
      profile: { id: userId, name, picture: null },
      guest: false,
      role: "member",
      sessionId: null,
      clientId: `page of ${id}`,
      observer: false,
      device: "Firefox",
      activity: given,
      scope: "roster",
      resumeFrom: null,
    });
  }

  #read(id: string, frame: Frame): void {
    const message = decodeServerMessage(readFrame(frame));
    if (message?.type === "ping") {
      const pong = { type: "pong", at: message.now, idleMs: 0, hiddenMs: null } as const;
      this.scheduler.after(0, () => this.#say(id, pong));
    }
    const told = {
      ...message,
      ...(message && "now" in message && { now: Math.floor(message.now / STEP_MS) }),
      // A room that has slept lists its users in another order, and what keeps it from sleeping may differ.
      ...(message &&
        "users" in message && { users: message.users.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }),
    };
    this.texts.push(`${id}: ${JSON.stringify(told)}`);
  }
}

/** Ada's actions while she is invisible: all except becoming visible. */
function unseen(given: Deed): Deed {
  return given.do === "choose"
    ? { ...given, choices: { ...given.choices, availability: "invisible", availabilityUntilAt: null } }
    : given;
}

async function twoRooms(): Promise<[invisible: Told, gone: Told]> {
  const [invisible, gone] = [new Told(), new Told()];
  for (const room of [invisible, gone]) await room.begin();
  return [invisible, gone];
}

function compare(is: readonly string[], should: readonly string[]): void {
  for (let index = 0; index < Math.max(is.length, should.length); index += 1)
    if (is[index] !== should[index]) throw new Error(`gone: ${should[index]}\ninvisible: ${is[index]}`);
}

test("[PR2] members are sent the same about an invisible user as about one who left, whatever happens", async () => {
  let departures = 0;
  const property = fc.asyncProperty(
    fc.array(event, { maxLength: 30 }),
    fc.array(event, { maxLength: 60 }),
    async (before, after) => {
      const [invisible, gone] = await twoRooms();
      const both = async (given: Event): Promise<void> => {
        for (const room of [invisible, gone]) await room.happens(given);
      };
      for (const given of before) {
        if ("who" in given && given.deed.do === "choose" && given.deed.choices.availability === "invisible")
          continue;
        await both(given);
      }
      const [tabId] = (await invisible.wake()).room?.users.get("ada")?.connections.keys() ?? [];
      if (tabId === undefined) return;
      departures += 1;
      await invisible.does("ada", {
        do: "choose",
        tab: Number(tabId.at(-1)),
        choices: { availability: "invisible" },
      });
      await gone.signOut(tabId);
      for (const room of [invisible, gone]) await room.pass(STEP_MS);
      for (const given of after) {
        if ("who" in given && given.who === "ada") {
          await invisible.happens({ ...given, deed: unseen(given.deed) });
          await gone.pass(STEP_MS);
        } else await both(given);
      }
      await both({ resync: true });
      compare(invisible.texts, gone.texts);
    },
  );
  await fc.assert(property, { numRuns: 300 });
  if (departures < 50) throw new Error("Ada was hardly ever there");
}, 60_000);

test("[PR2] a user who becomes visible has just come, whatever they did while invisible", async () => {
  const property = fc.asyncProperty(fc.array(event, { maxLength: 40 }), choices, async (after, chosen) => {
    const [invisible, gone] = await twoRooms();
    const present = { idleMs: 0, hiddenMs: null };
    for (const room of [invisible, gone]) {
      for (const who of ["ada", "ben"])
        await room.happens({ who, deed: { do: "connect", tab: 0, name: who, activity: present } } as Event);
    }
    await invisible.does("ada", { do: "choose", tab: 0, choices: { availability: "invisible" } });
    await gone.signOut("ada 0");
    for (const room of [invisible, gone]) await room.pass(STEP_MS);
    for (const given of after) {
      if ("who" in given && given.who === "ada") {
        await invisible.happens({ ...given, deed: unseen(given.deed) });
        await gone.pass(STEP_MS);
      } else for (const room of [invisible, gone]) await room.happens(given);
    }
    const from = gone.texts.length;
    const back = { message: null, hideLastSeen: false, ...chosen };
    if (back.availability === "invisible" || back.availability === undefined) back.availability = "auto";
    for (const room of [invisible, gone]) {
      // At an instant at which nothing is due, which would delay the next flush.
      await room.pass(STEP_MS / 2);
      // She becomes visible on the page that she has just opened. Both are told together, after Dora.
      await room.does("dora", { do: "connect", tab: 0, name: "Dora", activity: present });
      await room.does("ada", { do: "connect", tab: 9, name: "Ada again", activity: present });
      await room.does("ada", { do: "choose", tab: 9, choices: back });
      await room.pass(STEP_MS);
      await room.happens({ resync: true });
    }
    // She counts in rounds of pings now.
    const told = [invisible, gone].map(({ texts }) =>
      texts.slice(from).filter((text) => !text.includes('"ping"')),
    );
    compare(told[0] ?? [], told[1] ?? []);
  });
  await fc.assert(property, { numRuns: 150 });
}, 60_000);
