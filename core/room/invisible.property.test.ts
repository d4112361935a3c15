import fc from "fast-check";
import { test } from "vitest";
import { AVAILABILITIES, type SomeChoices } from "../shared/choices";
import { encodeDiff, encodeSharedSync, encodeSync } from "../wire/encode";
import { createFeed, publish, type Feed } from "../feed/feed";
import { readFrame } from "../testing/frames";
import { Driver, SHORT_TIMINGS } from "../testing/driver";
import type { Activity } from "../shared/terms";

/*
 * Two rooms with the same events, except that Ada becomes invisible in one of them and signs out in the other.
 * Whatever she does afterwards, members of both rooms are sent exactly the same (PR2).
 */
const activity: fc.Arbitrary<Activity> = fc.record({
  idleMs: fc.nat({ max: 9_000 }),
  hiddenMs: fc.option(fc.nat({ max: 5_000 })),
});
const choices: fc.Arbitrary<SomeChoices> = fc.record(
  {
    availability: fc.constantFrom(...AVAILABILITIES),
    availabilityUntilAt: fc.option(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_030_000 })),
    message: fc.option(
      fc.record({
        emoji: fc.constantFrom("🍕", null),
        text: fc.constantFrom("Lunch", "Focus"),
        untilAt: fc.option(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_030_000 })),
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
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("leave", "close"), tab }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("choose" as const), tab, choices }) },
);
type Deed = typeof deed extends fc.Arbitrary<infer Type> ? Type : never;

const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ who: fc.constant("ada" as const), deed }) },
  { weight: 4, arbitrary: fc.record({ who: fc.constantFrom("ben", "cleo"), deed }) },
  { weight: 4, arbitrary: fc.record({ passMs: fc.oneof(fc.nat({ max: 900 }), fc.nat({ max: 9_000 })) }) },
  { weight: 1, arbitrary: fc.constant({ sleep: true } as const) },
  { weight: 4, arbitrary: fc.constant({ flush: true } as const) },
);
type Event = typeof event extends fc.Arbitrary<infer Type> ? Type : never;

/** A room with the messages that members are sent, as text. */
class Told {
  readonly driver = new Driver(SHORT_TIMINGS);
  readonly texts: string[] = [];
  private feeds: Feed[] = this.newFeeds([0, 0]);
  private readonly touched = new Set<string>();

  happens(given: Event): void {
    const { driver } = this;
    if ("who" in given) this.does(given.who, given.deed);
    else if ("passMs" in given) {
      for (const { changes } of driver.pass(given.passMs)) this.note(changes.users);
    } else if ("sleep" in given) {
      this.flush();
      driver.hibernate();
      this.feeds = this.newFeeds(this.feeds.map(({ seq }) => seq));
    } else this.flush();
  }

  does(who: string, given: Deed): void {
    const { driver } = this;
    const id = `${who} ${given.tab}`;
    switch (given.do) {
      case "connect":
        if (driver.room.connections.has(id)) return;
        return this.note(
          driver.connect(id, { userId: who, profile: { name: given.name }, activity: given.activity }).users,
        );
      case "hear":
        return this.note(driver.hear(id, given.activity).users);
      case "leave":
      case "close":
        return this.note(driver[given.do](id).users);
      case "choose":
        return this.note(driver.choose(id, given.choices).users);
      default:
        throw new Error("nobody can do this");
    }
  }

  note(users: Iterable<string>): void {
    for (const id of users) this.touched.add(id);
  }

  flush(): void {
    const { room, now } = this.driver;
    for (const feed of this.feeds) {
      const diff = publish(feed, room, this.touched);
      this.texts.push(diff ? String(readFrame(encodeDiff(diff, now))) : "nothing");
      const head = { epoch: feed.epoch, seq: feed.seq, now, mode: "roster" as const, counts: feed.counts };
      const timings = { intervalMs: 1, inputPauseMs: 1, reconnectSpreadMs: 1, reconnectWithinMs: 1 };
      const shared = encodeSharedSync({ ...head, timings, users: feed.views.values() });
      this.texts.push(String(readFrame(encodeSync({ userId: "eve", choices: null }, shared))));
    }
    this.touched.clear();
  }

  private newFeeds([member = 0, hiding = 0]: readonly number[]): Feed[] {
    const { room } = this.driver;
    return [createFeed("member", room, "epoch", member), createFeed("private", room, "epoch", hiding)];
  }
}

/** Ada's actions while she is invisible: all except becoming visible. */
function unseen(given: Deed): Deed {
  return given.do === "choose"
    ? { ...given, choices: { ...given.choices, availability: "invisible", availabilityUntilAt: null } }
    : given;
}

test("[PR2] members are sent the same about an invisible user as about one who left, whatever happens", () => {
  let departures = 0;
  const property = fc.property(
    fc.array(event, { maxLength: 30 }),
    fc.array(event, { maxLength: 60 }),
    (before, after) => {
      const [invisible, gone] = [new Told(), new Told()];
      const both = (given: Event): void => {
        for (const room of [invisible, gone]) room.happens(given);
      };
      for (const given of before) {
        if ("who" in given && given.deed.do === "choose" && given.deed.choices.availability === "invisible")
          continue;
        both(given);
      }
      const [tabId] = invisible.driver.room.users.get("ada")?.connections.keys() ?? [];
      if (tabId === undefined) return;
      departures += 1;
      invisible.note(invisible.driver.choose(tabId, { availability: "invisible" }).users);
      gone.note(gone.driver.signOut(tabId).users);
      for (const given of after) {
        if ("who" in given && given.who === "ada") invisible.does("ada", unseen(given.deed));
        else both(given);
      }
      both({ flush: true });
      for (const [index, text] of gone.texts.entries()) {
        if (text !== invisible.texts[index])
          throw new Error(`gone: ${text}\ninvisible: ${invisible.texts[index]}`);
      }
    },
  );
  fc.assert(property, { numRuns: 600 });
  if (departures < 100) throw new Error("Ada was hardly ever there");
}, 60_000);

test("[PR2] a user who becomes visible has just come, whatever they did while invisible", () => {
  const property = fc.property(fc.array(event, { maxLength: 40 }), choices, (after, chosen) => {
    const [invisible, gone] = [new Told(), new Told()];
    const activity = { idleMs: 0, hiddenMs: null };
    for (const room of [invisible, gone]) {
      for (const who of ["ada", "ben"]) room.does(who, { do: "connect", tab: 0, name: who, activity });
      room.flush();
    }
    invisible.note(invisible.driver.choose("ada 0", { availability: "invisible" }).users);
    gone.note(gone.driver.signOut("ada 0").users);
    for (const given of after) {
      if ("who" in given && given.who === "ada") invisible.does("ada", unseen(given.deed));
      else for (const room of [invisible, gone]) room.happens(given);
    }
    for (const room of [invisible, gone]) room.flush();
    // She becomes visible on the page that she has just opened.
    invisible.does("ada", { do: "connect", tab: 9, name: "Ada again", activity });
    const back = { message: null, hideLastSeen: false, ...chosen };
    if (back.availability === "invisible" || back.availability === undefined) back.availability = "auto";
    gone.does("ada", { do: "connect", tab: 9, name: "Ada again", activity });
    for (const room of [invisible, gone]) {
      room.does("ada", { do: "choose", tab: 9, choices: back });
      room.flush();
    }
    const [is, should] = [invisible.texts.slice(-4), gone.texts.slice(-4)];
    if (is.join("\n") !== should.join("\n"))
      throw new Error(`gone:\n${should.join("\n")}\ninvisible:\n${is.join("\n")}`);
  });
  fc.assert(property, { numRuns: 300 });
}, 60_000);
