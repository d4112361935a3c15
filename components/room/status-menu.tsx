"use client";

import { Check, ChevronDown, EyeOff, MessageSquareText, X } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useRef, useState, type ReactNode } from "react";
import type { OwnPresenceControls } from "../../client/react/react";
import type { Availability, StatusMessage } from "../../core/shared/terms";
import { StatusDot } from "../status/status-dot";
import { messageInWords, statusWord, type DotStatus } from "../status/status-words";
import { formatInstant } from "../time/format-time";
import { useTimeText } from "../time/use-time";
import { MENU, MENU_ITEM } from "../ui/classes";
import { useShortcut } from "../ui/use-shortcut";
import { MessageDialog } from "./message-dialog";
import { messageOf, PRESETS, type Preset } from "./status-presets";

const CHOICES: readonly { value: Availability; dot: DotStatus; label: string; note: string }[] = [
  { value: "auto", dot: "online", label: "Automatic", note: "by what you do" },
  { value: "away", dot: "away", label: statusWord("away"), note: "while you are here" },
  { value: "dnd", dot: "dnd", label: statusWord("dnd"), note: "with a mark" },
  { value: "invisible", dot: "offline", label: "Invisible", note: "seen as offline" },
];

/** An item whose note wraps if a phone is too narrow. */
const NOTED_ITEM = `${MENU_ITEM} h-auto min-h-8 py-1.5`;

interface StatusMenuProps {
  readonly own: OwnPresenceControls;
  /** The most characters of a status message (SE4). */
  readonly statusLength: number;
  /** The server's time (SY5). */
  readonly now: () => number;
}

/** The user's own status. A click or the key `s` opens the menu to change it (ST3, ST4, PR3). */
export function StatusMenu({ own, statusLength, now }: StatusMenuProps) {
  const [open, setOpen] = useState(false);
  const [writing, setWriting] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  useShortcut("s", () => setOpen(true));

  function take(preset: Preset): void {
    const message = messageOf(preset, now());
    own.setMessage(message);
    if (preset.availability) own.setAvailability(preset.availability, message.untilAt);
  }

  return (
    <>
      {/* Not modal and not in a portal: it belongs to the card, and hides nothing else. */}
      <DropdownMenu.Root modal={false} open={open} onOpenChange={setOpen}>
        <DropdownMenu.Trigger
          ref={trigger}
          className="flex h-9 w-full min-w-0 items-center gap-2 rounded-md border border-line-strong bg-surface px-3 text-[13px] transition-colors hover:bg-hover data-[state=open]:bg-hover"
          aria-label={`Your status: ${chosenWord(own)}`}
          aria-keyshortcuts="s"
        >
          <Current own={own} />
          <ChevronDown className="ml-auto size-4 shrink-0 text-muted" aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Content
          className={`${MENU} max-h-(--radix-dropdown-menu-content-available-height) w-(--radix-dropdown-menu-trigger-width) max-w-96 overflow-y-auto`}
          align="start"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={(event) => writing && event.preventDefault()}
        >
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
          <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setWriting(true)}>
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
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {writing && (
        <MessageDialog
          message={own.message}
          statusLength={statusLength}
          now={now}
          onSave={own.setMessage}
          onClose={() => setWriting(false)}
          onClosed={() => trigger.current?.focus()}
        />
      )}
    </>
  );
}

/** The user's choice in a word; without one, the status. */
function chosenWord({ availability, user }: OwnPresenceControls): string {
  if (availability === "auto" && user) return statusWord(user.status);
  return CHOICES.find(({ value }) => value === availability)?.label ?? "";
}

function dotOfOwn({ availability, user }: OwnPresenceControls): DotStatus {
  if (availability === "auto") return user?.status ?? "online";
  return availability === "invisible" ? "offline" : availability;
}

function Current({ own }: { own: OwnPresenceControls }) {
  return (
    <span
      className="flex min-w-0 items-center gap-2"
      data-availability={own.availability}
      data-pending={own.pending}
    >
      <StatusDot status={dotOfOwn(own)} size="10px" decorative />
      <span className="shrink-0 font-medium">{chosenWord(own)}</span>
      {own.message && <CurrentMessage message={own.message} />}
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
