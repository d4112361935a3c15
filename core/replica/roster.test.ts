import { describe, expect, test } from "vitest";
import { encodeDiff, encodeSharedSync, encodeSync } from "../wire/encode";
import { decodeServerMessage, type ServerMessage } from "../wire/protocol";
import { applyToRoster, createRoster, type Roster } from "./roster";
import { isAdminView } from "../shared/roster-query";
import type { AdminUser, User } from "../shared/terms";
import { START_AT } from "../testing/driver";
import { PLAIN, PLAIN_FOR_ADMINS } from "../testing/views";

const timings = {
  intervalMs: 10_000,
  inputPauseMs: 5_000,
  reconnectSpreadMs: 2_500,
  reconnectWithinMs: 22_500,
};

function person(id: string, more: Partial<User> = {}): User {
  return {
    id,
    name: id,
    picture: null,
    status: "online",
    sinceAt: START_AT,
    lastSeenAt: null,
    ...PLAIN,
    ...more,
  };
}

function sync(seq: number, users: readonly User[], epoch = "epoch"): ServerMessage & { type: "sync" } {
  const message = decodeServerMessage(
    encodeSync(
      { userId: "ada", choices: null },
      encodeSharedSync({ mode: "roster", epoch, seq, now: START_AT, timings, users }),
    ),
  );
  if (message?.type !== "sync") throw new Error("not a sync");
  return message;
}

function diff(
  seq: number,
  changes: { added?: User[]; changed?: object[]; removed?: string[] },
): ServerMessage & { type: "diff" } {
  const { added = [], changed = [], removed = [] } = changes;
  const patches = changed as { id: string }[];
  const message = decodeServerMessage(encodeDiff({ seq, added, changed: patches, removed }, START_AT + seq));
  if (message?.type !== "diff") throw new Error("not a diff");
  return message;
}

function synced(...users: User[]): Roster {
  const roster = createRoster();
  applyToRoster(roster, sync(1, users));
  return roster;
}

describe("the replica", () => {
  test("[SY1] replaces everything with a sync", () => {
    const roster = synced(person("ada"), person("bob"));
    expect(applyToRoster(roster, sync(8, [person("bob")], "another life"))).toEqual({ kind: "replaced" });
    expect([...roster.users.keys()]).toEqual(["bob"]);
    expect(roster).toMatchObject({ epoch: "another life", seq: 8, asOfAt: START_AT, selfId: "ada" });
  });

  test("[SY1] keeps the identity of users that a sync does not change", () => {
    const roster = synced(person("ada"), person("bob"));
    const [ada, bob] = [roster.users.get("ada"), roster.users.get("bob")];
    applyToRoster(roster, sync(2, [person("ada"), person("bob", { status: "away" })]));
    expect(roster.users.get("ada")).toBe(ada);
    expect(roster.users.get("bob")).not.toBe(bob);
  });

  test("[SY2] applies additions, changes and removals, and returns their ids", () => {
    const roster = synced(person("ada"), person("bob"), person("eve"));
    const eve = roster.users.get("eve");
    const changes = { added: [person("cy")], changed: [{ id: "bob", status: "away" }], removed: ["ada"] };
    expect(applyToRoster(roster, diff(2, changes))).toEqual({ kind: "changed", ids: ["cy", "bob", "ada"] });
    expect([...roster.users.keys()]).toEqual(["bob", "eve", "cy"]);
    expect(roster.users.get("bob")).toEqual(person("bob", { status: "away" }));
    expect(roster.users.get("eve")).toBe(eve);
    expect(roster).toMatchObject({ seq: 2, asOfAt: START_AT + 2 });
  });

  test.each([1, 0, 3, -1])("[SY4] a diff numbered %i after number 1 is a gap and changes nothing", (seq) => {
    const roster = synced(person("ada"));
    expect(applyToRoster(roster, diff(seq, { removed: ["ada"] }))).toEqual({ kind: "gap" });
    expect(roster).toMatchObject({ seq: 1, asOfAt: START_AT });
    expect(roster.users.has("ada")).toBe(true);
  });

  test("[SY4] a diff before any sync is a gap", () => {
    expect(applyToRoster(createRoster(), diff(1, { added: [person("ada")] }))).toEqual({ kind: "gap" });
  });

  test("[SY4] a change of somebody unknown is a gap, and nothing of its diff is applied", () => {
    const roster = synced(person("ada"));
    const changes = { added: [person("cy")], changed: [{ id: "bob", status: "away" }] };
    expect(applyToRoster(roster, diff(2, changes))).toEqual({ kind: "gap" });
    expect([...roster.users.keys()]).toEqual(["ada"]);
    expect(roster.seq).toBe(1);
  });

  test("[SY4] after a gap a sync mends everything", () => {
    const roster = synced(person("ada"));
    applyToRoster(roster, diff(5, { added: [person("bob")] }));
    applyToRoster(roster, sync(5, [person("ada"), person("bob")]));
    expect(applyToRoster(roster, diff(6, { removed: ["ada"] }))).toEqual({ kind: "changed", ids: ["ada"] });
  });

  test("ids that are names of an object's own parts are ids", () => {
    const roster = synced(person("__proto__"), person("constructor"));
    applyToRoster(roster, diff(2, { changed: [{ id: "__proto__", status: "away" }] }));
    expect(roster.users.get("__proto__")?.status).toBe("away");
    expect(roster.users.get("toString")).toBeUndefined();
  });

  test("[PR1] tells an admin's view from a member's", () => {
    const admin: AdminUser = {
      ...person("ada"),
      ...PLAIN_FOR_ADMINS,
      sinceAt: START_AT,
      reason: null,
      connections: [],
    };
    const roster = synced(admin, person("bob"));
    expect([...roster.users.values()].map(isAdminView)).toEqual([true, false]);
  });
});
