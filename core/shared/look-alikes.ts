import { asciiId, shortId } from "./names";
import { skeletonsOf } from "./skeleton";
import type { Profile } from "./terms";

/** People whose names share a skeleton. */
interface Group {
  readonly ids: Set<string>;
  /** How many of them have a short id that looks like this; null until somebody asks. */
  shortIds: Map<string, number> | null;
}

interface Listed {
  readonly name: string;
  readonly groups: readonly Group[];
  readonly skeletons: readonly string[];
}

/**
 * Which of the people in a list have names that look alike, and what tells those apart (NM1). It is kept person by
 * person: a change costs what one name costs, however many there are.
 */
export class LookAlikes {
  readonly #listed = new Map<string, Listed>();
  readonly #groups = new Map<string, Group>();

  /** What stands beside a person's name: their id, shortened where that is enough; null where the name is enough. */
  labelOf(id: string): string | null {
    for (const group of this.#listed.get(id)?.groups ?? []) {
      if (group.ids.size < 2) continue;
      group.shortIds ??= countShortIds(group.ids);
      const isEnough = group.shortIds.get(shapeOfId(id)) === 1;
      return isEnough ? shortId(id) : asciiId(id);
    }
    return null;
  }

  /** Takes a whole list in place of the one before. Whether any label may be another. */
  replace(people: Iterable<Pick<Profile, "id" | "name">>): boolean {
    const gone = new Set(this.#listed.keys());
    let changed = false;
    for (const { id, name } of people) {
      gone.delete(id);
      if (this.change(id, name)) changed = true;
    }
    for (const id of gone) if (this.change(id, undefined)) changed = true;
    return changed;
  }

  /** Takes a person's name as it is now; undefined when they are not listed any more. Whether any label may be another. */
  change(id: string, name: string | undefined): boolean {
    const old = this.#listed.get(id);
    if (old?.name === name) return false;
    let changed = false;
    if (old) {
      this.#listed.delete(id);
      for (const [index, group] of old.groups.entries()) {
        if (group.ids.size > 1) changed = true;
        this.#leave(group, id, old.skeletons[index] as string);
      }
    }
    if (name === undefined) return changed;
    const skeletons = skeletonsOf(name);
    const groups = skeletons.map((skeleton) => this.#join(skeleton, id));
    this.#listed.set(id, { name, groups, skeletons });
    return changed || groups.some(({ ids }) => ids.size > 1);
  }

  #join(skeleton: string, id: string): Group {
    let group = this.#groups.get(skeleton);
    if (!group) this.#groups.set(skeleton, (group = { ids: new Set(), shortIds: null }));
    group.ids.add(id);
    if (group.shortIds) count(group.shortIds, id, 1);
    return group;
  }

  #leave({ ids, shortIds }: Group, id: string, skeleton: string): void {
    if (shortIds) count(shortIds, id, -1);
    ids.delete(id);
    if (ids.size === 0) this.#groups.delete(skeleton);
  }
}

function countShortIds(ids: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) count(counts, id, 1);
  return counts;
}

function count(counts: Map<string, number>, id: string, by: number): void {
  const shape = shapeOfId(id);
  counts.set(shape, (counts.get(shape) ?? 0) + by);
}

/** What a short id looks like: two that look alike would tell nobody apart. */
function shapeOfId(id: string): string {
  return skeletonsOf(shortId(id))[0] as string;
}
