import { expect, test } from "vitest";
import { SHORT_TIMINGS, TYPING } from "../core/testing/driver";
import { readFrame } from "../core/testing/frames";
import type { Frame } from "../core/wire/frames";
import { decodeServerMessage, encodeClientMessage } from "../core/wire/protocol";
import { environmentOf } from "./testing/simulated";
import { SimulatedSocket, Stage } from "./testing/stage";

const { restartGraceMs } = SHORT_TIMINGS;

/** A page that answers each ping. */
class Page extends SimulatedSocket {
  constructor(
    readonly stage: Stage,
    userId: string,
  ) {
    super(`${userId}'s`);
  }
  send(frame: Frame): void {
    const message = decodeServerMessage(readFrame(frame));
    if (message?.type !== "ping") return;
    const pong = encodeClientMessage({ type: "pong", at: message.now, ...TYPING });
    this.stage.scheduler.after(10, () => this.stage.engine?.message(this.id, pong));
  }
}

async function connect(stage: Stage, userId: string): Promise<void> {
  await stage.connect(new Page(stage, userId), {
    profile: { id: userId, name: userId, picture: null },
    guest: false,
    role: "member",
    sessionId: null,
    clientId: `page of ${userId}`,
    observer: false,
    device: "Firefox",
    activity: TYPING,
    scope: "roster",
    resumeFrom: null,
  });
}

const pass = (stage: Stage, ms: number) => stage.scheduler.runUntil(stage.wall + ms, () => {});

test("[GR3] a room that the runtime ends alone, long after a restart, gives its users the restart grace", async () => {
  const stage = new Stage(environmentOf(SHORT_TIMINGS));
  await connect(stage, "ada");
  await pass(stage, 100);
  stage.end();
  stage.lines.clear();
  await pass(stage, 500);
  await connect(stage, "ada");
  await pass(stage, 3 * restartGraceMs);
  while (!stage.sleep()) await pass(stage, 10);
  stage.lines.clear();
  await connect(stage, "ben");
  const statusOf = (userId: string) => stage.engine?.room?.users.get(userId)?.status;
  await pass(stage, restartGraceMs - 1);
  expect([statusOf("ada"), statusOf("ben")]).toEqual(["online", "online"]);
  await pass(stage, 30);
  expect([statusOf("ada"), statusOf("ben")]).toEqual(["offline", "online"]);
});

test("[GR3] a room that comes from another process of a cluster gives its users the restart grace from its last proof of life", async () => {
  const stage = new Stage(environmentOf(SHORT_TIMINGS));
  await connect(stage, "ada");
  await pass(stage, 3 * restartGraceMs);
  stage.end();
  stage.lines.clear();
  const endedAt = stage.wall;
  // This process has served other rooms for long.
  Object.assign(stage.start(), { servingSinceAt: endedAt - 10 * restartGraceMs });
  await pass(stage, restartGraceMs / 2);
  await connect(stage, "ben");
  await pass(stage, 50);
  const statusOf = (userId: string) => stage.engine?.room?.users.get(userId)?.status;
  expect([statusOf("ada"), statusOf("ben")]).toEqual(["online", "online"]);
  await pass(stage, restartGraceMs / 2);
  expect([statusOf("ada"), statusOf("ben")]).toEqual(["offline", "online"]);
  expect(stage.engine?.room?.users.get("ada")?.seenAt).toBeLessThanOrEqual(endedAt);
});
