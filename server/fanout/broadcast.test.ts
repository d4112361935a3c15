import { describe, expect, test } from "vitest";
import { Driver, START_AT } from "../../core/testing/driver";
import { readFrame } from "../../core/testing/frames";
import type { Frame } from "../../core/wire/frames";
import type { ResumePoint } from "../../core/wire/hello";
import { decodeServerMessage, type ServerMessage } from "../../core/wire/protocol";
import { EVERYBODY, type Scope, type ScopeKind } from "../../core/shared/scope";
import type { Role } from "../../core/shared/terms";
import type { Changes } from "../../core/room/room";
import { SimulatedSocket } from "../testing/stage";
import { Broadcast } from "./broadcast";
import { modeOf } from "./subscriber";

/** A socket that records what it is sent. */
class Recorder extends SimulatedSocket {
  readonly frames: Frame[] = [];
  send(frame: Frame): void {
    this.frames.push(frame);
  }
  /** The messages since the last look. */
  take(): ServerMessage[] {
    return this.frames.splice(0).flatMap((frame) => decodeServerMessage(readFrame(frame)) ?? []);
  }
}

const NUMBERING = { epoch: "one", memberSeq: 4, privateSeq: 0, adminEpoch: "admins", adminSeq: 8 };

/** A room, its broadcast, and users whose sockets record what they are sent. */
class Fanout {
  readonly driver = new Driver();
  readonly touched = new Set<string>();
  readonly broadcast: Broadcast;
  #epochs = 0;

  constructor(rosterLimit = 100, unreadLength = 10_000) {
    this.broadcast = new Broadcast(
      this.driver.room,
      NUMBERING,
      { rosterLimit, unreadLength },
      { newEpoch: () => `epoch ${(this.#epochs += 1)}`, random: () => 0.25 },
    );
  }

  note(changes: Changes): Changes {
    for (const id of changes.users) this.touched.add(id);
    return changes;
  }

  /** A user's page connects; it is greeted by the next flush. */
  connect(
    userId: string,
    {
      role = "member",
      scope = "roster",
      resumeFrom = null,
      observer = false,
      id = `${userId}'s`,
    }: Asked = {},
  ): Recorder {
    const socket = new Recorder(id);
    this.broadcast.add(socket, { userId, role }, { scope, resumeFrom });
    this.note(this.driver.connect(id, { userId, observer }));
    return socket;
  }

  choose(userId: string, choices: Parameters<Driver["choose"]>[1]): void {
    const changes = this.note(this.driver.choose(`${userId}'s`, choices));
    for (const id of changes.chosen) this.broadcast.sendNewChoices(id, `${userId}'s`);
  }

  leave(userId: string): void {
    this.broadcast.remove(`${userId}'s`);
    this.note(this.driver.signOut(`${userId}'s`));
  }

  flush(): number {
    const frames = this.broadcast.flush(this.touched, this.driver.now);
    this.touched.clear();
    return frames;
  }
}

interface Asked {
  readonly role?: Role;
  readonly scope?: ScopeKind;
  readonly resumeFrom?: ResumePoint | null;
  readonly observer?: boolean;
  readonly id?: string;
}

/** A room with a member and an admin who have had their syncs. */
function withReaders(fanout = new Fanout()) {
  const member = fanout.connect("eve");
  const admin = fanout.connect("root", { role: "admin", observer: true });
  fanout.flush();
  for (const socket of [member, admin]) socket.take();
  return { fanout, member, admin };
}

const typesOf = (messages: readonly ServerMessage[]): string[] => messages.map(({ type }) => type);
const diffs = (messages: readonly ServerMessage[]) => messages.filter((message) => message.type === "diff");
const seqs = (messages: readonly ServerMessage[]): number[] => diffs(messages).map(({ seq }) => seq);

describe("a flush", () => {
  test("[SY2 PR1] sends each audience a change once, with what it may see", () => {
    const { fanout, member, admin } = withReaders();
    fanout.connect("ada");
    fanout.connect("ada", { id: "second" });
    fanout.flush();
    const [told, ...more] = diffs(member.take());
    const [toldAdmin, ...moreAdmin] = diffs(admin.take());
    expect([more, moreAdmin]).toEqual([[], []]);
    expect(told?.added.map(({ id, status }) => [id, status])).toEqual([["ada", "online"]]);
    expect(told?.added[0]).not.toHaveProperty("connections");
    expect(told?.added[0]).not.toHaveProperty("reason");
    expect(toldAdmin?.added[0]).toMatchObject({
      id: "ada",
      reason: { kind: "active" },
      connections: [{ device: "Firefox" }, { device: "Firefox" }],
    });
  });

  test("[SY4] numbers diffs without holes, and uses no number for a change that an audience may not see", () => {
    const { fanout, member, admin } = withReaders();
    const { memberSeq, adminSeq } = fanout.broadcast.numbering;
    fanout.connect("ada");
    fanout.flush();
    fanout.choose("ada", { availability: "invisible" });
    fanout.flush();
    fanout.choose("ada", { message: { emoji: null, text: "Lunch", untilAt: null } });
    fanout.flush();
    fanout.choose("ada", { availability: "auto" });
    fanout.flush();
    expect(seqs(admin.take())).toEqual([1, 2, 3, 4].map((each) => adminSeq + each));
    const told = diffs(member.take());
    expect(seqs(told)).toEqual([1, 2, 3].map((each) => memberSeq + each));
    expect(told.flatMap(({ added, changed }) => [...added, ...changed].map(({ status }) => status))).toEqual([
      "online",
      "offline",
      "online",
    ]);
    expect(fanout.broadcast.numbering).toMatchObject({ memberSeq: memberSeq + 3, adminSeq: adminSeq + 4 });
  });

  test("[PR2] sends members no frame when only an invisible user has changed", () => {
    const { fanout, member, admin } = withReaders();
    fanout.connect("ada");
    fanout.choose("ada", { availability: "invisible" });
    fanout.flush();
    member.take();
    admin.take();
    fanout.driver.now += 60_000;
    fanout.connect("ada", { id: "second" });
    fanout.flush();
    expect(member.frames).toEqual([]);
    expect(typesOf(admin.take())).toEqual(["diff"]);
  });

  test("[SY2] encodes a diff once for all subscribers that get the same", () => {
    const { fanout, member } = withReaders();
    const other = fanout.connect("ben");
    fanout.flush();
    member.take();
    other.take();
    fanout.connect("ada");
    fanout.flush();
    expect(other.frames).toEqual(member.frames);
    expect(other.frames[0]).toBe(member.frames[0]);
  });

  test("[SY1 SY2] sends a newcomer one sync, which contains what others get by a diff", () => {
    const { fanout, member } = withReaders();
    const ada = fanout.connect("ada");
    expect(ada.frames).toEqual([]);
    expect(fanout.broadcast.unsynced).toBe(1);
    // One diff each for the member and the admin, and one sync.
    expect(fanout.flush()).toBe(3);
    expect(fanout.broadcast.unsynced).toBe(0);
    const { memberSeq } = fanout.broadcast.numbering;
    expect(seqs(member.take())).toEqual([memberSeq]);
    const [sync, ...more] = ada.take();
    expect(more).toEqual([]);
    expect(sync).toMatchObject({
      type: "sync",
      seq: memberSeq,
      self: "ada",
      choices: { availability: "auto" },
    });
    expect(sync?.type === "sync" && sync.users.map(({ id }) => id)).toEqual(["eve", "ada"]);
  });

  test("[SY2] sends nothing when nothing has changed, and nothing to a socket that was removed", () => {
    const { fanout, member } = withReaders();
    expect(fanout.flush()).toBe(0);
    expect(fanout.broadcast.remove(member.id)).toBe(member);
    expect(fanout.broadcast.remove(member.id)).toBeNull();
    fanout.connect("ada", { role: "admin" });
    fanout.flush();
    expect(member.frames).toEqual([]);
  });

  test("[DB3] sends that a user was removed, in every mode that knew them", () => {
    const { fanout, member } = withReaders();
    fanout.connect("ada");
    fanout.flush();
    fanout.broadcast.remove("ada's");
    fanout.note(fanout.driver.happen({ type: "forget", userId: "ada" }));
    member.take();
    fanout.flush();
    expect(diffs(member.take()).map(({ removed }) => removed)).toEqual([["ada"]]);
  });
});

describe("numberings", () => {
  test("[PR2] a new numbering begins with the first visible member, and members get a sync of it", () => {
    const fanout = new Fanout();
    const ghost = fanout.connect("ada");
    fanout.choose("ada", { availability: "invisible" });
    fanout.flush();
    const [before] = ghost.take();
    const eve = fanout.connect("eve");
    fanout.flush();
    const [after] = ghost.take();
    const [first] = eve.take();
    if (before?.type !== "sync" || after?.type !== "sync" || first?.type !== "sync")
      throw new Error("everybody gets a sync");
    expect(after.epoch).not.toBe(before.epoch);
    expect([first.epoch, first.seq]).toEqual([after.epoch, 1]);
    expect(fanout.broadcast.numbering).toMatchObject({
      epoch: first.epoch,
      memberSeq: 1,
      adminEpoch: "admins",
    });
  });

  test("[SY4 HB5] a socket that had its sync before hibernation gets the next diff, with the next number", () => {
    const { driver, broadcast } = new Fanout();
    driver.connect("eve's", { userId: "eve" });
    const eve = new Recorder("eve's");
    broadcast.rehydrate(eve, { userId: "eve", role: "member" }, "roster");
    broadcast.flush(driver.connect("ada's", { userId: "ada" }).users, START_AT);
    expect(eve.take()).toMatchObject([{ type: "diff", seq: NUMBERING.memberSeq + 1 }]);
    expect(broadcast.numbering.epoch).toBe("one");
  });

  test("[VW1 HB5] a socket whose watch list was lost is asked for it with the next change", () => {
    const { driver, broadcast } = new Fanout();
    driver.connect("eve's", { userId: "eve" });
    const eve = new Recorder("eve's");
    broadcast.rehydrate(eve, { userId: "eve", role: "member" }, "users");
    broadcast.flush(new Set(), START_AT);
    expect(eve.frames).toEqual([]);
    broadcast.flush(driver.connect("ada's", { userId: "ada" }).users, START_AT);
    expect(typesOf(eve.take())).toEqual(["rescope"]);
    broadcast.setScope("eve's", { kind: "users", ids: ["ada"], counts: false });
    broadcast.flush(new Set(), START_AT);
    expect(eve.take()).toMatchObject([{ type: "sync", mode: "users" }]);
  });

  test("[SY4] a client with a resume point gets what it missed, and one with a point of another numbering gets a sync", () => {
    const { fanout } = withReaders();
    const { epoch, memberSeq: seq } = fanout.broadcast.numbering;
    fanout.connect("ada");
    fanout.flush();
    const back = fanout.connect("ben", { resumeFrom: { epoch, seq } });
    const stranger = fanout.connect("cleo", { resumeFrom: { epoch: "unknown", seq } });
    fanout.flush();
    const [resumed] = back.take();
    expect(resumed).toMatchObject({ type: "resumed", from: seq, seq: seq + 2 });
    expect(resumed?.type === "resumed" && resumed.users.map(({ id }) => id).toSorted()).toEqual([
      "ada",
      "ben",
      "cleo",
    ]);
    expect(typesOf(stranger.take())).toEqual(["sync"]);
  });

  test("[SY4] a client that asks again gets a sync, and until then no diff", () => {
    const { fanout, member } = withReaders();
    fanout.broadcast.resync(member.id);
    fanout.connect("ada");
    fanout.flush();
    expect(member.take()).toMatchObject([{ type: "sync", seq: fanout.broadcast.numbering.memberSeq }]);
  });
});

describe("scopes", () => {
  const scoped = (fanout: Fanout, socket: Recorder, scope: Scope): void => {
    fanout.broadcast.setScope(socket.id, scope);
    fanout.flush();
    socket.take();
  };

  test("[VW1] a watch list gets its users and its own user, and no others", () => {
    const { fanout, member } = withReaders();
    scoped(fanout, member, { kind: "users", ids: ["ada"], counts: false });
    fanout.connect("ada");
    fanout.connect("ben");
    fanout.flush();
    const [diff] = diffs(member.take());
    expect(diff?.added.map(({ id }) => id)).toEqual(["ada"]);
    expect(diff?.counts).toBeNull();
    fanout.leave("ben");
    fanout.flush();
    expect(member.frames).toEqual([]);
    fanout.choose("eve", { availability: "away" });
    fanout.flush();
    expect(diffs(member.take())[0]?.changed).toMatchObject([{ id: "eve", status: "away" }]);
  });

  test("[VW1] a summary gets the counts when they change, and otherwise nothing", () => {
    const { fanout, member } = withReaders();
    scoped(fanout, member, { kind: "summary" });
    fanout.connect("ada");
    fanout.flush();
    expect(diffs(member.take())).toMatchObject([{ added: [], changed: [], counts: { online: 2 } }]);
    fanout.choose("ada", { message: { emoji: null, text: "Lunch", untilAt: null } });
    fanout.flush();
    expect(member.frames).toEqual([]);
  });

  test("[VW1] a client with the scope none gets only its own user", () => {
    const { fanout, member } = withReaders();
    scoped(fanout, member, { kind: "none" });
    fanout.connect("ada");
    fanout.flush();
    expect(member.frames).toEqual([]);
  });

  test("[VW2] above the limit a client gets the first page and the counts, and then the changes of its page", () => {
    const fanout = new Fanout(2);
    const [eve] = ["eve", "ada", "ben"].map((userId) => fanout.connect(userId));
    fanout.flush();
    if (!eve) throw new Error("eve is there");
    expect(eve.take()).toMatchObject([{ type: "sync", mode: "pages", counts: { online: 3 } }]);
    const query = { sort: "name", descending: false, offset: 0, limit: 1 } as const;
    fanout.broadcast.servePage(eve.id, 7, query, fanout.driver.now);
    const [page] = eve.take();
    expect(page).toMatchObject({ type: "page", request: 7, total: 3, users: [{ id: "ada" }] });
    const subscriber = fanout.broadcast.get(eve.id);
    expect(subscriber && modeOf(subscriber)).toBe("pages");
    fanout.choose("ben", { availability: "dnd" });
    fanout.flush();
    expect(eve.frames).toEqual([]);
    fanout.choose("ada", { availability: "dnd" });
    fanout.flush();
    expect(diffs(eve.take())).toMatchObject([{ changed: [{ id: "ada", dnd: true }] }]);
  });

  test("[VW2] a page requested before the sync is answered after it, and outside the mode pages it is refused", () => {
    const query = { sort: "name", descending: false, offset: 0, limit: 1 } as const;
    const fanout = new Fanout(1);
    const eve = fanout.connect("eve");
    fanout.connect("ada");
    fanout.broadcast.servePage(eve.id, 1, query, fanout.driver.now);
    fanout.flush();
    expect(typesOf(eve.take())).toEqual(["sync", "page"]);
    const { fanout: small, member } = withReaders();
    small.broadcast.servePage(member.id, 2, query, small.driver.now);
    expect(member.take()).toMatchObject([{ type: "error", code: "noPages", request: 2 }]);
  });

  test("[VW2] a room well above the limit moves subscribers of the whole roster to pages", () => {
    const { fanout, member } = withReaders(new Fanout(4));
    for (const userId of ["a", "b", "c", "d"]) fanout.connect(userId, { scope: "none" });
    fanout.flush();
    // Five users: not far enough past the limit.
    expect(typesOf(member.take())).toEqual(["diff"]);
    fanout.connect("e", { scope: "none" });
    fanout.flush();
    expect(member.take().at(-1)).toMatchObject({ type: "sync", mode: "pages" });
    const subscriber = fanout.broadcast.get(member.id);
    expect(subscriber?.scope).toEqual(EVERYBODY);
  });
});

describe("choices", () => {
  test("[ST3 ST4] are sent to the user's other pages, and the page that chose gets an answer", () => {
    const { fanout, member } = withReaders();
    const other = fanout.connect("eve", { id: "other" });
    fanout.flush();
    other.take();
    member.take();
    fanout.choose("eve", { availability: "dnd" });
    expect(member.frames).toEqual([]);
    fanout.broadcast.answerChoice(member.id, 5);
    expect(member.take()).toMatchObject([{ type: "choices", request: 5, availability: "dnd" }]);
    const [told] = other.take();
    expect(told).toMatchObject({ type: "choices", availability: "dnd" });
    expect(told).not.toHaveProperty("request", 5);
  });

  test("[PR3] a member who hides their last seen gets a sync without that of others, and a full one when they show it again", () => {
    const { fanout, member } = withReaders();
    fanout.connect("ada");
    fanout.leave("ada");
    fanout.flush();
    member.take();
    const lastSeenOf = (messages: readonly ServerMessage[]) =>
      messages.flatMap((each) =>
        each.type === "sync" ? [each.users.find(({ id }) => id === "ada")?.lastSeenAt] : [],
      );
    fanout.choose("eve", { hideLastSeen: true });
    fanout.flush();
    expect(lastSeenOf(member.take())).toEqual([null]);
    fanout.choose("eve", { hideLastSeen: false });
    fanout.flush();
    expect(lastSeenOf(member.take())).toEqual([START_AT]);
  });

  test("[PR3 SY4] the private audience's numbers have no holes while it has no subscriber, and are not used twice", () => {
    const { fanout, member } = withReaders();
    fanout.choose("eve", { hideLastSeen: true });
    fanout.flush();
    const first = fanout.broadcast.numbering.privateSeq;
    fanout.choose("eve", { hideLastSeen: false });
    fanout.flush();
    fanout.connect("ada");
    fanout.flush();
    fanout.choose("eve", { hideLastSeen: true });
    fanout.flush();
    expect(fanout.broadcast.numbering.privateSeq).toBe(first + 1);
    member.take();
    fanout.choose("ada", { availability: "away" });
    fanout.flush();
    expect(seqs(member.take())).toEqual([first + 2]);
  });
});

test("[SE4] a reader that is too slow is found, and others are not", () => {
  const { fanout, member, admin } = withReaders(new Fanout(100, 2_000));
  const pingsOf = (socket: Recorder): number[] =>
    socket.take().flatMap((message) => (message.type === "ping" ? [message.now] : []));
  const stuck = new Set<string>();
  for (let each = 0; each < 40; each += 1) {
    fanout.connect(`user ${each}`, { scope: "none" });
    fanout.flush();
    for (const id of fanout.broadcast.stuck(fanout.driver.now)) stuck.add(id);
    for (const at of pingsOf(member)) fanout.broadcast.get(member.id)?.outbox.answered(at);
  }
  expect([...stuck]).toEqual([admin.id]);
});
