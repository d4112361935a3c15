/** The shared classes of buttons and fields. */
const BUTTON =
  "inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-3 text-[13px] font-medium whitespace-nowrap transition-colors disabled:opacity-50";

/** The primary button. */
export const PRIMARY_BUTTON = `${BUTTON} bg-accent-fill text-white hover:brightness-110`;

/** A secondary button. */
export const SECONDARY_BUTTON = `${BUTTON} border border-line-strong bg-surface hover:bg-hover`;

/** A button that opens a destructive action. */
export const DANGER_BUTTON = `${BUTTON} border border-line-strong bg-surface text-danger hover:bg-hover`;

/** The button that confirms a destructive action. */
export const CONFIRM_DANGER_BUTTON = `${BUTTON} bg-danger-fill text-white hover:brightness-110`;

/** The overlay behind a dialog. */
export const OVERLAY = "fixed inset-0 z-40 animate-appear bg-overlay [animation-duration:120ms]";

/** A dialog with a form. */
export const DIALOG =
  "fixed top-[12vh] left-1/2 z-50 w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 animate-appear rounded-xl border border-line-strong bg-raised p-4 shadow-raised [animation-duration:120ms]";

/** A square button with an icon. Give it a label. */
export const ICON_BUTTON =
  "inline-grid size-8 shrink-0 place-items-center rounded-md text-muted transition-colors hover:bg-hover hover:text-text data-[state=open]:bg-hover";

/** A text field. */
export const FIELD =
  "h-9 w-full rounded-md border border-line-strong bg-surface px-3 text-base placeholder:text-muted aria-invalid:border-danger sm:text-sm";

/** A menu's list. */
export const MENU =
  "z-50 min-w-44 animate-rise rounded-lg border border-line-strong bg-raised p-1 shadow-raised";

/** A menu's item. */
export const MENU_ITEM =
  "flex h-8 items-center gap-2 rounded-md px-2 text-[13px] outline-none select-none data-[highlighted]:bg-hover data-[disabled]:opacity-50";
