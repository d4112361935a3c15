import { deadAfterMs } from "../../core/shared/timings";
import { FaultProxy } from "../../e2e/faults/proxy";
import { named } from "../../e2e/faults/stage";
import type { Troupe } from "../../e2e/faults/troupe";
import { atRandomMoments, departures, stays, type Scene } from "./scene";
import type { Kind } from "./trial";

/** Processes at a time. With more a small machine could not answer their heartbeats. */
const AT_ONCE = 8;

/** One process for each user, so that each can be killed alone. */
async function alone({ stage, trials }: Scene, room: string, kind: string): Promise<Map<string, Troupe>> {
  const troupes = new Map<string, Troupe>();
  const waiting = named(kind, trials);
  while (waiting.length > 0) {
    const started = await Promise.all(waiting.splice(0, AT_ONCE).map((user) => stage.people(room, [user])));
    for (const troupe of started) troupes.set(troupe.users[0] ?? "", troupe);
    await Promise.all(started.map((troupe) => troupe.untilLive()));
  }
  return troupes;
}

/** Measures users whose process is killed or frozen, who sign out, and whose network drops everything. */
export async function measureProcesses(scene: Scene): Promise<Kind[]> {
  const { stage, timings, trials } = scene;
  const rooms = {
    out: stage.newRoom(),
    killed: stage.newRoom(),
    frozen: stage.newRoom(),
    cut: stage.newRoom(),
  };
  const sees = {
    out: await stage.witness(rooms.out),
    killed: await stage.witness(rooms.killed),
    frozen: await stage.witness(rooms.frozen),
    cut: await stage.witness(rooms.cut),
  };
  const leaving = await stage.people(rooms.out, named("out", trials));
  const bystanders = named("bystander", trials);
  const watching = await stage.people(rooms.frozen, bystanders);
  const killed = await alone(scene, rooms.killed, "killed");
  const frozen = await alone(scene, rooms.frozen, "frozen");
  // Each has a separate network.
  const cut = new Map<string, { network: FaultProxy; troupe: Troupe }>();
  for (const user of named("cut", trials)) {
    const network = await FaultProxy.open(stage.host);
    stage.onEnd(() => network.close());
    cut.set(user, { network, troupe: await stage.people(rooms.cut, [user], { host: network.host }) });
    await cut.get(user)?.troupe.untilLive();
  }
  await Promise.all([
    leaving.untilLive(),
    watching.untilLive(),
    sees.out.untilAll(leaving.users, "online"),
    sees.killed.untilAll([...killed.keys()], "online"),
    sees.frozen.untilAll([...frozen.keys(), ...bystanders], "online"),
    sees.cut.untilAll([...cut.keys()], "online"),
  ]);

  const sentAt = new Map<string, number>();
  const [outAt, killedAt, frozenAt, cutAt] = await Promise.all([
    atRandomMoments(leaving.users, timings, (user) => leaving.cue(user, "signOut")),
    atRandomMoments([...killed.keys()], timings, (user) => killed.get(user)?.kill()),
    atRandomMoments([...frozen.keys()], timings, (user) => frozen.get(user)?.freeze()),
    atRandomMoments([...cut.keys()], timings, (user) => {
      // From now on their messages arrive nowhere.
      sentAt.set(user, cut.get(user)?.troupe.sentAt(user) ?? NaN);
      cut.get(user)?.network.swallow();
    }),
  ]);
  const deadMs = deadAfterMs(timings);
  const { graceMs, flushMs } = timings;
  const truth = (troupes: ReadonlyMap<string, Troupe>) => (user: string) =>
    troupes.get(user)?.sentAt(user) ?? NaN;
  return [
    {
      name: "signed out",
      rule: "GR2",
      boundMs: flushMs,
      trials: await departures(sees.out, outAt, (user) => leaving.sentAt(user)),
    },
    {
      name: "process killed",
      rule: "GR1",
      boundMs: graceMs,
      trials: await departures(sees.killed, killedAt, truth(killed)),
    },
    {
      name: "process frozen",
      rule: "HB2",
      boundMs: deadMs,
      trials: await departures(sees.frozen, frozenAt, truth(frozen)),
    },
    {
      name: "network cut without a word",
      rule: "HB2",
      boundMs: deadMs,
      trials: await departures(sees.cut, cutAt, (user) => sentAt.get(user) ?? NaN),
    },
    { name: "stayed, among the frozen", rule: "HB2", boundMs: null, trials: stays(sees.frozen, bystanders) },
  ];
}
