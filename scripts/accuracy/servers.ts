import { setTimeout as sleep } from "node:timers/promises";
import type { Timings } from "../../core/shared/timings";
import { named, type Stage } from "../../e2e/faults/stage";
import { departures, stays, type Scene } from "./scene";
import type { Kind, Trial } from "./trial";

/** Servers to end one after the other. An end is one event for all users of a server. */
const SERVERS = 4;

/**
 * Measures users whose server is deployed, and then killed together with half of them. The others return. The bound
 * counts from when the server serves again.
 */
export async function measureServers(
  open: () => Promise<Stage>,
  scene: Omit<Scene, "stage">,
): Promise<Kind[]> {
  const deployed: Trial[] = [];
  const gone: Trial[] = [];
  const returned: Trial[] = [];
  const perServer = Math.ceil(scene.trials / SERVERS);
  const rounds = Array.from({ length: SERVERS }, async (_, index) => {
    // One after the other, because servers that start together slow each other down.
    await sleep(index * 4_000);
    const stage = await open();
    try {
      const result = await round(stage, perServer, scene.timings);
      deployed.push(...result.deployed);
      gone.push(...result.gone);
      returned.push(...result.returned);
    } finally {
      await stage.close();
    }
  });
  await Promise.all(rounds);
  return [
    { name: "server deployed", rule: "GR3", boundMs: null, trials: deployed },
    { name: "server killed, client returns", rule: "GR3", boundMs: null, trials: returned },
    {
      name: "server killed, client does not return",
      rule: "GR3",
      boundMs: scene.timings.restartGraceMs,
      trials: gone,
    },
  ];
}

async function round(stage: Stage, count: number, { intervalMs }: Timings) {
  const room = stage.newRoom();
  const witness = await stage.witness(room);
  const staying = await stage.people(room, named("stays", count));
  const leaving = await stage.people(room, named("gone", count));
  const everybody = [...staying.users, ...leaving.users];
  await witness.untilAll(everybody, "online");
  await sleep(Math.random() * intervalMs);
  await stage.server.deploy();
  await Promise.all([staying.untilLive(), leaving.untilLive()]);
  await witness.until(() => witness.isLive, "the witness to be back");
  await sleep((1 + Math.random()) * intervalMs);
  const deployed = stays(witness, everybody);

  await Promise.all([stage.server.kill(), leaving.kill()]);
  await stage.server.restart();
  const servingAt = Date.now();
  const goneAt = new Map(leaving.users.map((user) => [user, servingAt]));
  const gone = await departures(witness, goneAt, (user) => leaving.sentAt(user));
  return { deployed, gone, returned: stays(witness, staying.users) };
}
