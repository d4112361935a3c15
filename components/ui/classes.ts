/** Buttons and fields look alike wherever they stand. */
const BUTTON =
  "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-3 text-[13px] font-medium whitespace-nowrap transition-colors disabled:opacity-50";

/** The one thing to do. */
export const PRIMARY_BUTTON = `${BUTTON} bg-accent-fill text-white hover:brightness-110`;

/** Something else to do. */
export const SECONDARY_BUTTON = `${BUTTON} border border-line-strong bg-surface hover:bg-hover`;

/** Something that takes something away. */
export const DANGER_BUTTON = `${BUTTON} border border-line-strong bg-surface text-danger hover:bg-hover`;

/** Taking it away, after all. */
export const CONFIRM_DANGER_BUTTON = `${BUTTON} bg-danger-fill text-white hover:brightness-110`;

/** What lies over the page under a dialog. */
export const OVERLAY = "fixed inset-0 z-40 animate-appear bg-overlay [animation-duration:120ms]";

/** A square button that holds an icon; give it a label. */
export const ICON_BUTTON =
  "inline-grid size-8 shrink-0 place-items-center rounded-md text-muted transition-colors hover:bg-hover hover:text-text data-[state=open]:bg-hover";

/** A line of text to fill in. */
export const FIELD =
  "h-9 w-full rounded-md border border-line-strong bg-surface px-3 text-base placeholder:text-muted aria-invalid:border-danger sm:text-sm";

/** The list that a menu's button opens. */
export const MENU =
  "z-50 min-w-44 animate-rise rounded-lg border border-line-strong bg-raised p-1 shadow-raised";

/** A line of a menu. */
export const MENU_ITEM =
  "flex h-8 items-center gap-2 rounded-md px-2 text-[13px] outline-none select-none data-[highlighted]:bg-hover data-[disabled]:opacity-50";
