import type { Script } from "./script";

/** Takes away whatever the failure does not need: halves of the actions, then single ones, then tabs' oddities. */
export async function shrink(
  script: Script,
  fails: (script: Script) => Promise<boolean>,
  budget = 250,
): Promise<Script> {
  let best = script;
  let left = budget;
  const tryOut = async (candidate: Script): Promise<boolean> => {
    left -= 1;
    if (left < 0 || !(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.actions.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = best.actions.length - size; from >= 0 && left > 0; from -= size) {
      const actions = best.actions.filter((_, index) => index < from || index >= from + size);
      await tryOut({ ...best, actions });
    }
  }
  for (let tab = best.tabs.length - 1; tab >= 0 && left > 0; tab -= 1) {
    if (best.actions.some((action) => action.tab >= tab)) continue;
    await tryOut({ ...best, tabs: best.tabs.slice(0, tab) });
  }
  const plain = best.tabs.map((tab) => ({ ...tab, clockAheadMs: 0 }));
  await tryOut({ ...best, tabs: plain });
  const lastAt = best.actions.at(-1)?.at ?? 0;
  await tryOut({ ...best, forMs: lastAt + 1 });
  return best;
}
