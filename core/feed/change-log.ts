/**
 * Who changed in each of the latest diffs, so that a client that missed some of them can be told of just
 * those people (SY4). Ids are kept and not the diffs: whoever changed ten times is told once, as they are now.
 */
export interface ChangeLog {
  /** The number from which on nothing is forgotten: whoever has been told up to it can be helped. */
  fromSeq: number;
  readonly entries: { readonly seq: number; readonly ids: readonly string[] }[];
  /** How many ids the entries hold together. */
  size: number;
}

/** As many changes are kept; at some 60 bytes each, a busy room holds about a megabyte of them. */
const MAX_SIZE = 20_000;

/** Nothing has changed since `seq`. */
export function createChangeLog(seq: number): ChangeLog {
  return { fromSeq: seq, entries: [], size: 0 };
}

/** Notes whom the diff of this number concerned, and forgets the oldest when there is too much. */
export function logChange(log: ChangeLog, seq: number, ids: readonly string[]): void {
  log.entries.push({ seq, ids });
  log.size += ids.length;
  while (log.size > MAX_SIZE) {
    const oldest = log.entries.shift();
    if (!oldest) break;
    log.size -= oldest.ids.length;
    log.fromSeq = oldest.seq;
  }
}

/** Whom the diffs after `seq` concerned, each once; null when that is not known any more, or never was. */
export function changedSince(log: ChangeLog, seq: number): ReadonlySet<string> | null {
  const { entries, fromSeq } = log;
  const latest = entries.at(-1)?.seq ?? fromSeq;
  if (!Number.isInteger(seq) || seq < fromSeq || seq > latest) return null;
  const ids = new Set<string>();
  // Numbers have no gaps, so the first entry that was missed is found by its number.
  for (let index = seq - fromSeq; index < entries.length; index += 1) {
    for (const id of entries[index]?.ids ?? []) ids.add(id);
  }
  return ids;
}
