import { useState, type PointerEvent } from "react";
import type { UserView } from "../../core/terms";

/**
 * Rows in the places they had: those that were shown keep their order, with what is new about them, even
 * if they no longer belong there; newcomers come last; who was forgotten is gone.
 */
function keepPlaces<View extends UserView>(
  before: readonly View[],
  sorted: readonly View[],
  everybody: readonly View[],
): readonly View[] {
  const current = new Map(everybody.map((user) => [user.id, user]));
  const kept: View[] = [];
  for (const { id } of before) {
    const user = current.get(id);
    if (user) kept.push(user);
  }
  const shown = new Set(kept.map(({ id }) => id));
  return [...kept, ...sorted.filter(({ id }) => !shown.has(id))];
}

interface HeldRows<View> {
  readonly rows: readonly View[];
  /** Whether the rows would stand otherwise if the pointer were not over them. */
  readonly holding: boolean;
  /** For the element that holds the rows. */
  readonly pointerProps: {
    readonly onPointerEnter: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
  };
}

/**
 * Holds rows in their places while the pointer is over them: nobody clicks on somebody else because the
 * list has moved. What the reader asks for anew (`queryKey`) is done at once.
 */
export function useHeldRows<View extends UserView>(
  sorted: readonly View[],
  everybody: readonly View[],
  queryKey: string,
): HeldRows<View> {
  const [held, setHeld] = useState<{ readonly queryKey: string; readonly rows: readonly View[] } | null>(
    null,
  );
  let rows = sorted;
  if (held) {
    if (held.queryKey === queryKey) rows = keepPlaces(held.rows, sorted, everybody);
    // Newcomers have got places of their own now, which are held like the others.
    if (held.queryKey !== queryKey || held.rows.length !== rows.length) setHeld({ queryKey, rows });
  }
  return {
    rows,
    holding: held !== null && !sameOrder(rows, sorted),
    pointerProps: {
      onPointerEnter: (event) => {
        // A finger that scrolls does not point.
        if (event.pointerType === "mouse") setHeld({ queryKey, rows: sorted });
      },
      onPointerLeave: () => setHeld(null),
    },
  };
}

function sameOrder(a: readonly UserView[], b: readonly UserView[]): boolean {
  return a.length === b.length && a.every(({ id }, index) => id === b[index]?.id);
}
