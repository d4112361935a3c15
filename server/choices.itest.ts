import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_CHOICES, type SomeChoices } from "../core/shared/choices";
import type { AdminUser, StatusMessage } from "../core/shared/terms";
import { serverFixture, type ServerFixture } from "./testing/server-fixture";
import { ask, newRoom, signToken, TestClient } from "./testing/test-client";

let server: ServerFixture;
let requests = 0;

const LUNCH: StatusMessage = { emoji: "🍕", text: "Lunch", untilAt: null };

beforeAll(async () => {
  server = await serverFixture({ ROLLCALL_ROSTER_LIMIT: "12", ROLLCALL_MAX_STATUS_LENGTH: "40" });
});
afterAll(() => server.dispose());

function join(room: string, user: string, options: object = {}): Promise<TestClient> {
  return TestClient.join(server.url, room, { user, ...options });
}

/** Chooses, and waits for the server's answer. */
async function choose(client: TestClient, choices: SomeChoices): Promise<void> {
  const request = (requests += 1);
  client.send({ type: "choose", request, ...choices });
  await client.until(() => client.of("choices").some((each) => each.request === request), "the answer");
}

async function asMember(room: string, user: string, path: string): Promise<Record<string, unknown>> {
  const authorization = `Bearer ${await signToken({ user })}`;
  return (await ask(server.url, room, path, { headers: { authorization } })).json();
}

async function leaveAll(...clients: TestClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.leave()));
}

const told = (client: TestClient): unknown => client.of("choices").at(-1);

describe("choices", () => {
  test("[ST3 ST4] are sent to all tabs of their user at once, and to nobody else", async () => {
    const room = newRoom();
    const [one, two, ben] = [await join(room, "ada"), await join(room, "ada"), await join(room, "ben")];
    expect(one.of("sync")[0]?.choices).toEqual(DEFAULT_CHOICES);
    await choose(one, { availability: "dnd", message: LUNCH });
    const now = { ...DEFAULT_CHOICES, availability: "dnd", message: LUNCH };
    await two.until(() => two.of("choices").length === 1, "the choice");
    expect(told(two)).toEqual({ type: "choices", ...now });
    expect(one.of("choices")).toHaveLength(1);
    const three = await join(room, "ada");
    expect(three.of("sync")[0]?.choices).toEqual(now);
    await ben.until(() => ben.user("ada")?.dnd === true, "the mark");
    expect(ben.user("ada")).toMatchObject({ status: "online", dnd: true, message: LUNCH });
    expect(ben.of("choices")).toEqual([]);
    await leaveAll(one, two, three, ben);
  });

  test("[ST4] a message is cleared on time, on every tab and for the others", async () => {
    const room = newRoom();
    const [ada, ben] = [await join(room, "ada"), await join(room, "ben")];
    const untilAt = Date.now() + 700;
    await choose(ada, { message: { ...LUNCH, untilAt } });
    await ben.until(() => ben.user("ada")?.message?.text === "Lunch", "the message");
    await ben.until(() => ben.user("ada")?.message === null, "its end");
    expect(Date.now() - untilAt).toBeGreaterThanOrEqual(-20);
    expect(Date.now() - untilAt).toBeLessThan(500);
    await ada.until(() => ada.of("choices").length === 2, "its end");
    expect(told(ada)).toEqual({ type: "choices", ...DEFAULT_CHOICES });
    await leaveAll(ada, ben);
  });

  test("[DB1] survive a crash and a deploy", async () => {
    const room = newRoom();
    const ada = await join(room, "ada");
    const untilAt = Date.now() + 3_600_000;
    const chosen = {
      availability: "invisible" as const,
      availabilityUntilAt: untilAt,
      message: { ...LUNCH, untilAt },
      hideLastSeen: true,
    };
    await choose(ada, chosen);
    // What is not yet on the disk when the power goes is lost, as everywhere.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.crash();
    const back = await join(room, "ada");
    expect(back.of("sync")[0]?.choices).toEqual(chosen);
    await back.leave();
    await server.deploy();
    const again = await join(room, "ada");
    expect(again.of("sync")[0]?.choices).toEqual(chosen);
    expect(again.user("ada")?.status).toBe("offline");
    await again.leave();
  });

  test("[SE3 SE4] a refused choice changes nothing and says why", async () => {
    const room = newRoom();
    const [ada, eve] = [await join(room, "ada"), await join(room, "eve", { role: "admin", observe: true })];
    ada.send({ type: "choose", request: 1, message: { ...LUNCH, text: "x".repeat(41) } });
    await ada.until(() => ada.of("error").length === 1, "the error");
    expect(ada.of("error")[0]).toMatchObject({
      code: "statusTooLong",
      detail: "a status message may have 40 characters",
    });
    ada.send({ type: "choose", request: 2, message: { ...LUNCH, emoji: "pizza" } });
    await ada.until(() => ada.of("error").length === 2, "the error");
    expect(ada.of("error")[1]).toMatchObject({
      code: "malformed",
      detail: "message.emoji: must be one emoji",
    });
    await choose(eve, { availability: "away" });
    expect(told(eve)).toMatchObject(DEFAULT_CHOICES);
    await choose(ada, {});
    expect(told(ada)).toMatchObject(DEFAULT_CHOICES);
    await leaveAll(ada, eve);
  });
});

describe("being invisible", () => {
  test("[PR2] members get the same frames as for a user who has left", async () => {
    expect(await story("invisible")).toEqual(await story("gone"));
  }, 90_000);

  test("[PR2] a member alone with an invisible user cannot tell by the numbering", async () => {
    const room = newRoom();
    const [ada, ben] = [await join(room, "ada"), await join(room, "ben")];
    await choose(ada, { availability: "invisible" });
    await ben.until(() => ben.user("ada")?.status === "offline", "her to leave");
    await ben.leave();
    const { epoch, seq } = ben.roster;
    const back = await join(room, "ben", { resumeFrom: { epoch: epoch ?? "", seq } });
    expect(back.of("resumed")).toEqual([]);
    expect(back.roster.epoch).not.toBe(epoch);
    // She herself goes on in the new numbering.
    await ada.until(() => ada.roster.epoch === back.roster.epoch, "the new numbering");
    const cleo = await join(room, "cleo");
    await ada.untilStatus("cleo", "online");
    await leaveAll(ada, back, cleo);
  });

  test("[PR1 PR2] admins see an invisible user, and that members do not", async () => {
    const room = newRoom();
    const ada = await join(room, "ada");
    const eve = await join(room, "eve", { role: "admin", observe: true });
    await choose(ada, { availability: "invisible" });
    const seen = (): AdminUser => eve.user("ada") as AdminUser;
    await eve.until(() => seen().availability === "invisible", "her choice");
    expect(seen()).toMatchObject({ status: "online", reason: { kind: "active" } });
    const answer = (await (await ask(server.url, room, "/users/ada")).json()) as { user: unknown };
    expect(answer.user).toMatchObject({ status: "online", availability: "invisible", hideLastSeen: false });
    const summary: unknown = await (await ask(server.url, room, "/summary")).json();
    expect(summary).toMatchObject({ online: 1, offline: 0, connections: 2 });
    await leaveAll(ada, eve);
  });
});

/** What members are told, over every way there is, of a room that Ada leaves in this way. */
async function story(how: "invisible" | "gone"): Promise<string[]> {
  const room = newRoom();
  const token = await signToken({ user: "ada", name: "Ada", sessionId: "one" });
  const ada = await join(room, "ada", { token, clientId: "page" });
  const ben = await join(room, "ben");
  const hiding = await join(room, "hiding");
  // Each change by itself: two that share a flush would share a number.
  await choose(hiding, { hideLastSeen: true });
  await quiet();
  const counting = await join(room, "counting", { scope: { kind: "summary" } });
  await quiet();
  const watching = await join(room, "watching", { scope: { kind: "users", ids: ["ada"], counts: true } });
  await quiet();
  await choose(ada, { message: LUNCH });
  await ben.until(() => ben.user("ada")?.message !== null && ben.roster.users.size === 5, "everybody");
  await quiet();
  const firstFrames = [ben, hiding, counting, watching].map(({ frames }) => frames.length);

  const later: TestClient[] = [];
  const adaDoes = async (deed: () => Promise<unknown>): Promise<void> => {
    if (how === "invisible") await deed();
    await quiet();
  };
  if (how === "invisible") await choose(ada, { availability: "invisible" });
  else ada.send({ type: "signOut" });
  await quiet();
  const leftAt = Date.now();
  await adaDoes(() => choose(ada, { message: { ...LUNCH, text: "Hiding" }, hideLastSeen: true }));
  await adaDoes(async () => later.push(await join(room, "ada", { name: "Another name" })));
  await adaDoes(async () => later[0]?.send({ type: "activity", idleMs: 9_999_999, hiddenMs: 9_999_999 }));
  const dora = await join(room, "dora");
  await quiet();
  await adaDoes(async () => {
    ada.send({ type: "leaving" });
    await ada.closed;
  });
  const late = await join(room, "late");
  const page = await asMember(room, "ben", "/users");
  const one = await asMember(room, "ben", "/users/ada");
  const forHiding = await asMember(room, "hiding", "/users?status=offline");
  const summary = await asMember(room, "ben", "/summary");
  await adaDoes(async () => later.push(await join(room, "ada", { name: "A third name" })));
  await choose(dora, { message: LUNCH });
  await dora.leave();
  await ben.untilStatus("dora", "offline");
  await quiet();

  const frames = [ben, hiding, counting, watching].map((client, index) =>
    client.frames.slice(firstFrames[index]).filter((frame) => !frame.startsWith('{"type":"ping"')),
  );
  const all = [
    ...frames.flat(),
    ...late.frames.filter((frame) => !frame.startsWith('{"type":"ping"')),
    ...[page, one, forHiding, summary].map((each) => JSON.stringify(each)),
  ];
  for (const client of [ben, late]) {
    expect(client.user("ada")?.lastSeenAt).toBeLessThan(leftAt);
    expect(client.user("ada")?.sinceAt).toBeLessThan(leftAt);
  }
  if (how === "invisible") expect(all.join("\n")).not.toMatch(/Another name|A third name|Hiding|invisible/);
  const here = how === "invisible" ? later : [];
  await leaveAll(ben, hiding, counting, watching, late, ...here);
  return all.map(timeless);
}

/** Longer than a flush, and shorter than anything that time brings about. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60));
}

/** Without instants, whose length alone would differ between two tellings of one story, and names of numberings. */
function timeless(text: string): string {
  return text
    .replaceAll(/\d{12,}/g, "instant")
    .replaceAll(/"epoch":"[0-9a-f]+/g, '"epoch":"')
    .replaceAll(/"(since|lastSeen)":\d+/g, '"$1":0')
    .replaceAll(/(\["[^"]+","[^"]+",\d),\d+(?:,\d+)?/g, "$1");
}

describe("hiding last seen", () => {
  test("[PR3] members get neither last seen nor since, by socket or by HTTP", async () => {
    const room = newRoom();
    const [ada, ben] = [await join(room, "ada"), await join(room, "ben")];
    await choose(ada, { hideLastSeen: true });
    ada.send({ type: "signOut" });
    await ben.untilStatus("ada", "offline");
    expect(ben.user("ada")).toMatchObject({ sinceAt: null, lastSeenAt: null });
    expect((await asMember(room, "ben", "/users/ada"))["user"]).toMatchObject({
      sinceAt: null,
      lastSeenAt: null,
    });
    const late = await join(room, "late");
    expect(late.user("ada")).toMatchObject({ sinceAt: null, lastSeenAt: null });
    const answer = (await (await ask(server.url, room, "/users/ada")).json()) as { user: AdminUser };
    expect(answer.user.lastSeenAt).toBeGreaterThan(Date.now() - 60_000);
    await leaveAll(ben, late);
  });

  test("[PR3] a user who hides it no longer sees that of others", async () => {
    const room = newRoom();
    const gone = await join(room, "gone");
    const [ada, second, ben] = [await join(room, "ada"), await join(room, "ada"), await join(room, "ben")];
    gone.send({ type: "signOut" });
    await ada.untilStatus("gone", "offline");
    expect(ada.user("gone")?.lastSeenAt).not.toBeNull();
    const epoch = ada.roster.epoch;
    await choose(ada, { hideLastSeen: true });
    for (const tab of [ada, second]) {
      await tab.until(() => tab.of("sync").length === 2, "the sync without last seen");
      expect(tab.user("gone")).toMatchObject({ status: "offline", sinceAt: null, lastSeenAt: null });
      expect(tab.roster.epoch).toBe(`${epoch}-private`);
    }
    expect((await asMember(room, "ada", "/users/gone"))["user"]).toMatchObject({ lastSeenAt: null });
    // Diffs, too, are without it.
    await ben.leave();
    await ada.untilStatus("ben", "offline");
    expect(ada.user("ben")).toMatchObject({ sinceAt: null, lastSeenAt: null });
    await choose(second, { hideLastSeen: false });
    await ada.until(() => ada.of("sync").length === 3, "the sync with last seen");
    expect(ada.user("ben")?.lastSeenAt).not.toBeNull();
    await leaveAll(ada, second);
  });
});
