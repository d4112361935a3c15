"use client";

import {
  Check,
  ChevronDown,
  ChevronRight,
  EyeOff,
  LogOut,
  MessageSquareText,
  Pencil,
  Timer,
  X,
} from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useRef, useState, type ReactNode } from "react";
import type { OwnPresenceControls } from "../../client/react/react";
import type { Availability, Profile, StatusMessage } from "../../core/shared/terms";
import { Avatar } from "../avatar/avatar";
import { StatusDot } from "../status/status-dot";
import { messageInWords, statusWord, type DotStatus } from "../status/status-words";
import { formatInstant } from "../time/format-time";
import { useTimeText } from "../time/use-time";
import { MENU, MENU_ITEM } from "../ui/classes";
import { useShortcut } from "../ui/use-shortcut";
import { MessageDialog } from "./message-dialog";
import { RenameDialog } from "./rename-dialog";
import { messageOf, PRESETS, STAYS, type Preset } from "./status-presets";

const CHOICES: readonly { value: Availability; dot: DotStatus; label: string; note: string }[] = [
  { value: "auto", dot: "online", label: "Automatic", note: "by what you do" },
  { value: "away", dot: "away", label: statusWord("away"), note: "while you are here" },
  { value: "dnd", dot: "dnd", label: statusWord("dnd"), note: "with a mark" },
  { value: "invisible", dot: "offline", label: "Invisible", note: "seen as offline" },
];

/** An item whose note wraps if a phone is too narrow. */
const NOTED_ITEM = `${MENU_ITEM} h-auto min-h-8 py-1.5`;

interface StatusMenuProps {
  /** The signed-in user, shown until the first sync. */
  readonly profile: Profile;
  readonly own: OwnPresenceControls;
  /** The most characters of a new name (SE4). Left out for users who cannot rename themselves. */
  readonly nameLength?: number;
  /** The most characters of a status message (SE4). */
  readonly statusLength: number;
  /** The server's time (SY5). */
  readonly now: () => number;
  /** Whether the page is cut off, so that nobody knows how the others see the user (SY6). */
  readonly stale: boolean;
  readonly onLeave: () => Promise<void>;
}

/**
 * The user's own presence, in the header: what others see, and the menu to change it (ST3, ST4, PR3), the name, and the
 * way out. A click or the key `s` opens it.
 */
export function StatusMenu(props: StatusMenuProps) {
  const { profile, own, nameLength, statusLength, now, stale, onLeave } = props;
  const [open, setOpen] = useState(false);
  const [dialog, setDialog] = useState<"message" | "name" | null>(null);
  const [leaving, setLeaving] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  useShortcut("s", () => setOpen(true));
  const focusTrigger = () => trigger.current?.focus();

  function take(preset: Preset): void {
    const message = messageOf(preset, now());
    own.setMessage(message);
    if (preset.availability) own.setAvailability(preset.availability, message.untilAt);
  }

  return (
    <>
      {/* Not modal and not in a portal: it belongs to the header, and hides nothing else. */}
      <DropdownMenu.Root modal={false} open={open} onOpenChange={setOpen}>
        <DropdownMenu.Trigger
          ref={trigger}
          className="flex h-9 max-w-56 min-w-0 items-center gap-2 rounded-md border border-line-strong bg-surface px-2 text-[13px] transition-colors hover:bg-hover disabled:opacity-50 data-[state=open]:bg-hover"
          aria-label={`Your status: ${chosenWord(own, stale)}`}
          aria-keyshortcuts="s"
          disabled={leaving}
        >
          <Current own={own} profile={profile} stale={stale} />
          <ChevronDown className="size-4 shrink-0 text-muted" aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Content
          className={`${MENU} max-h-(--radix-dropdown-menu-content-available-height) w-80 max-w-[calc(100vw-1rem)] overflow-y-auto`}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={(event) => dialog !== null && event.preventDefault()}
        >
          <div className="px-2 py-1.5">
            <p className="truncate font-semibold">
              <bdi>{own.user?.name ?? profile.name}</bdi>
            </p>
            <p className="text-[13px] text-muted">{seenAs(own, stale)}</p>
          </div>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Label>You are shown</Label>
          <DropdownMenu.RadioGroup
            value={own.availability}
            onValueChange={(value) => own.setAvailability(value as Availability)}
          >
            {CHOICES.map(({ value, dot, label, note }) => (
              <DropdownMenu.RadioItem key={value} value={value} className={NOTED_ITEM} textValue={label}>
                <span className="grid w-4 shrink-0 place-items-center">
                  <StatusDot status={dot} size="10px" decorative />
                </span>
                <span className="shrink-0">{label}</span>
                <Note>
                  {value === own.availability ? <Until at={own.availabilityUntilAt} or={note} /> : note}
                </Note>
                <Tick />
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          {own.availability !== "auto" && <ClearAfter own={own} now={now} />}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Label>Status message</Label>
          {PRESETS.map((preset) => (
            <DropdownMenu.Item
              key={preset.text}
              className={NOTED_ITEM}
              textValue={preset.text}
              onSelect={() => take(preset)}
            >
              <span className="w-4 shrink-0 text-center" aria-hidden>
                {preset.emoji}
              </span>
              <span className="shrink-0">{preset.text}</span>
              <Note>
                <Lasts preset={preset} />
              </Note>
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setDialog("message")}>
            <MessageSquareText className="size-4 text-muted" aria-hidden />
            {own.message ? "Change the message…" : "Something else…"}
          </DropdownMenu.Item>
          {own.message && (
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => own.setMessage(null)}>
              <X className="size-4 text-muted" aria-hidden />
              Clear the message
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.CheckboxItem
            className={`${MENU_ITEM} h-auto py-1.5`}
            checked={own.hideLastSeen}
            onCheckedChange={own.setHideLastSeen}
            onSelect={(event) => event.preventDefault()}
          >
            <EyeOff className="size-4 shrink-0 text-muted" aria-hidden />
            <span className="min-w-0">
              Hide when you were last seen
              <span className="block text-xs text-muted">You do not see others' last seen either.</span>
            </span>
            <Tick />
          </DropdownMenu.CheckboxItem>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          {nameLength !== undefined && (
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setDialog("name")}>
              <Pencil className="size-4 text-muted" aria-hidden />
              Change your name…
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item
            className={MENU_ITEM}
            onSelect={() => {
              setLeaving(true);
              void onLeave();
            }}
          >
            <LogOut className="size-4 text-muted" aria-hidden />
            Leave
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {dialog === "message" && (
        <MessageDialog
          message={own.message}
          statusLength={statusLength}
          now={now}
          onSave={own.setMessage}
          onClose={() => setDialog(null)}
          onClosed={focusTrigger}
        />
      )}
      {dialog === "name" && nameLength !== undefined && (
        <RenameDialog
          name={profile.name}
          nameLength={nameLength}
          onClose={() => setDialog(null)}
          onClosed={focusTrigger}
        />
      )}
    </>
  );
}

/** The submenu that says when the availability becomes automatic again (ST3). */
function ClearAfter({ own, now }: Pick<StatusMenuProps, "own" | "now">) {
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className={MENU_ITEM}>
        <Timer className="size-4 text-muted" aria-hidden />
        Clear after
        <Note>
          <Until at={own.availabilityUntilAt} or="no end" />
        </Note>
        <ChevronRight className="size-4 text-muted" aria-hidden />
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className={`${MENU} w-64`} collisionPadding={8} sideOffset={4}>
          {Object.values(STAYS).map(({ words, untilAt }) => (
            <DropdownMenu.Item
              key={words}
              className={NOTED_ITEM}
              onSelect={() => own.setAvailability(own.availability, untilAt(now()))}
            >
              <span className="shrink-0">{words}</span>
              <Note>
                <Until at={untilAt(now())} or="" />
              </Note>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}

/** What the others see, as far as this page knows. */
function seenAs({ user, availability, pending }: OwnPresenceControls, stale: boolean): string {
  if (stale && pending) return "You are not connected: your choice is sent when you are back.";
  if (stale) return "You are not connected: the others may soon see you as offline.";
  if (!user) return "Entering the room…";
  if (availability === "invisible") return "You are invisible: the others see you as offline.";
  return `The others see you as ${user.status}${user.dnd ? ", and not to be disturbed" : ""}.`;
}

/** The user's choice in a word; without one, the status. A page that is cut off does not know it (SY6). */
function chosenWord({ availability, user, pending }: OwnPresenceControls, stale: boolean): string {
  if (stale && !pending) return "Not connected";
  if (availability === "auto" && user) return statusWord(user.status);
  return CHOICES.find(({ value }) => value === availability)?.label ?? "";
}

function dotOfOwn({ availability, user }: OwnPresenceControls): DotStatus | undefined {
  if (availability === "auto") return user?.status;
  return availability === "invisible" ? "offline" : availability;
}

function Current({ own, profile, stale }: Pick<StatusMenuProps, "own" | "profile" | "stale">) {
  return (
    <span
      className="flex min-w-0 items-center gap-2"
      data-availability={own.availability}
      data-pending={own.pending}
    >
      <Avatar profile={own.user ?? profile} size={24} status={stale ? undefined : dotOfOwn(own)} />
      <span className="shrink-0 font-medium max-sm:sr-only">{chosenWord(own, stale)}</span>
      {own.message && (
        <span className="min-w-0 truncate text-muted max-md:hidden">
          <CurrentMessage message={own.message} />
        </span>
      )}
      {own.pending && <span className="sr-only">, not yet sent</span>}
    </span>
  );
}

function CurrentMessage({ message }: { message: StatusMessage }) {
  const { untilAt } = message;
  return (
    <span className="truncate text-muted">
      <bdi>{messageInWords(message)}</bdi>
      {untilAt !== null && (
        <>
          {" · "}
          <Until at={untilAt} or="" />
        </>
      )}
    </span>
  );
}

function Until({ at, or }: { at: number | null; or: string }) {
  const until = useTimeText((now, conventions) =>
    at === null ? "" : `until ${formatInstant(at, now, conventions)}`,
  );
  return <>{at === null ? or : until}</>;
}

function Lasts({ preset: { duration, untilAt } }: { preset: Preset }) {
  const until = useTimeText((now, conventions) => formatInstant(untilAt(now), now, conventions));
  return <>{duration ?? `do not disturb until ${until}`}</>;
}

function Label({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-muted">
      {children}
    </DropdownMenu.Label>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <span className="min-w-0 flex-1 text-muted">{children}</span>;
}

function Tick() {
  return (
    <DropdownMenu.ItemIndicator className="ml-auto shrink-0">
      <Check className="size-4" aria-hidden />
    </DropdownMenu.ItemIndicator>
  );
}
