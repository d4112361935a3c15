import { asciiId, shortId } from "./names";
import { skeletonsOf } from "./skeleton";
import type { Profile } from "./terms";

/** Users whose names share a skeleton. */
interface Group {
  readonly ids: Set<string>;
  /** How many of them have a short id of this shape; null until it is needed. */
  shortIds: Map<string, number> | null;
}

interface Listed {
  readonly name: string;
  readonly groups: readonly Group[];
  readonly skeletons: readonly string[];
}

/**
 * Finds users in a list whose names look alike, and labels that tell them apart (NM1). It is updated user by user, so
 * the cost of a change does not depend on the size of the list.
 */
export class LookAlikes {
  readonly #listed = new Map<string, Listed>();
  readonly #groups = new Map<string, Group>();

  /** The label beside a user's name: their id, shortened if that is enough; null if the name is enough. */
  labelOf(id: string): string | null {
    for (const group of this.#listed.get(id)?.groups ?? []) {
      if (group.ids.size < 2) continue;
      group.shortIds ??= countShortIds(group.ids);
      const isEnough = group.shortIds.get(shapeOfId(id)) === 1;
      return isEnough ? shortId(id) : asciiId(id);
    }
    return null;
  }

  /** Replaces the whole list. Returns whether any label may have changed. */
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

  /** Updates a user's name; undefined removes the user. Returns whether any label may have changed. */
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

/** The shape of a short id. Two short ids of the same shape would not tell users apart. */
function shapeOfId(id: string): string {
  return skeletonsOf(shortId(id))[0] as string;
}
