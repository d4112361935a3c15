/**
 * The ids of the users in each of the latest diffs. A client that missed some diffs is sent only those users, as they
 * are now (SY4). So a user who changed ten times is sent once.
 */
export interface ChangeLog {
  /** A client that has received this number or a later one can be sent what it missed. */
  fromSeq: number;
  readonly entries: { readonly seq: number; readonly ids: readonly string[] }[];
  /** The number of ids in all entries. */
  size: number;
}

/** Ids that a log keeps. At some 60 bytes each, this is about a megabyte for a busy room. */
const MAX_SIZE = 20_000;

/** An empty log after diff `seq`. */
export function createChangeLog(seq: number): ChangeLog {
  return { fromSeq: seq, entries: [], size: 0 };
}

/** Adds the ids of one diff, and drops the oldest entries above the limit. */
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

/** The ids in all diffs after `seq`; null when the log does not cover `seq`. */
export function changedSince(log: ChangeLog, seq: number): ReadonlySet<string> | null {
  const { entries, fromSeq } = log;
  const latest = entries.at(-1)?.seq ?? fromSeq;
  if (!Number.isInteger(seq) || seq < fromSeq || seq > latest) return null;
  const ids = new Set<string>();
  // Numbers have no gaps, so the number gives the index of the first missed entry.
  for (let index = seq - fromSeq; index < entries.length; index += 1) {
    for (const id of entries[index]?.ids ?? []) ids.add(id);
  }
  return ids;
}
