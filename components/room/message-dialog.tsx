"use client";

import { clsx } from "clsx";
import { Dialog } from "radix-ui";
import { useId, useState, type FormEvent } from "react";
import type { StatusMessage } from "../../core/shared/terms";
import { formatInstant } from "../time/format-time";
import { useTimeText } from "../time/use-time";
import { DIALOG, FIELD, OVERLAY, PRIMARY_BUTTON, SECONDARY_BUTTON } from "../ui/classes";
import { STAYS, type Stay } from "./status-presets";

/** The offered emoji, beside the last one. */
const EMOJI = ["💬", "📅", "🥗", "🎧", "🍵", "🏠", "🚆", "🌴", "🤒", "🎉"];

interface MessageDialogProps {
  readonly message: StatusMessage | null;
  /** The most characters (SE4). */
  readonly statusLength: number;
  /** The server's time (SY5). */
  readonly now: () => number;
  readonly onSave: (message: StatusMessage | null) => void;
  readonly onClose: () => void;
  /** Called after it has closed, to restore the focus. */
  readonly onClosed: () => void;
}

/** The dialog for the status message (ST4). It is open while it is mounted. */
export function MessageDialog({ message, statusLength, now, onSave, onClose, onClosed }: MessageDialogProps) {
  const [emoji, setEmoji] = useState(message?.emoji ?? null);
  const [text, setText] = useState(message?.text ?? "");
  const keptUntilAt = message?.untilAt ?? null;
  const [stay, setStay] = useState<Stay | "kept">(keptUntilAt === null ? "never" : "kept");
  const [textId, stayId] = [useId(), useId()];
  const kept = useTimeText((at, conventions) =>
    keptUntilAt === null ? "" : `At ${formatInstant(keptUntilAt, at, conventions)}`,
  );
  const offered = [...new Set([null, ...(message?.emoji ? [message.emoji] : []), ...EMOJI])];

  function submit(event: FormEvent): void {
    event.preventDefault();
    const untilAt = stay === "kept" ? keptUntilAt : STAYS[stay].untilAt(now());
    onSave({ emoji, text, untilAt });
    onClose();
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={OVERLAY} />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onClosed();
          }}
          className={DIALOG}
        >
          <form onSubmit={submit} className="grid gap-4">
            <Dialog.Title className="text-base font-semibold tracking-tight">
              Your status message
            </Dialog.Title>
            <fieldset>
              <legend className="mb-1.5 text-[13px] text-muted">Emoji</legend>
              <div className="flex flex-wrap gap-1">
                {offered.map((each) => (
                  <label
                    key={each}
                    className={clsx(
                      "grid h-9 min-w-9 cursor-pointer place-items-center rounded-md text-lg hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent",
                      each === emoji ? "bg-hover ring-1 ring-line-strong" : "",
                    )}
                  >
                    <input
                      type="radio"
                      name="emoji"
                      className="sr-only"
                      checked={each === emoji}
                      onChange={() => setEmoji(each)}
                      aria-label={each ?? "None"}
                    />
                    <span aria-hidden className={each === null ? "px-1.5 text-[13px] text-muted" : ""}>
                      {each ?? "None"}
                    </span>
                  </label>
                ))}
              </div>
            </fieldset>
            <div className="grid gap-1.5">
              <label htmlFor={textId} className="flex justify-between text-[13px] text-muted">
                What is going on?
                <span className="tabular-nums" aria-hidden>
                  {text.length}/{statusLength}
                </span>
              </label>
              <input
                id={textId}
                // The user has just opened the dialog to write.
                // oxlint-disable-next-line jsx-a11y/no-autofocus
                autoFocus
                className={FIELD}
                value={text}
                maxLength={statusLength}
                onChange={(event) => setText(event.target.value)}
                placeholder="At the dentist, back at three"
                autoComplete="off"
              />
            </div>
            <div className="grid gap-1.5">
              <label htmlFor={stayId} className="text-[13px] text-muted">
                Clear it
              </label>
              <select
                id={stayId}
                className={FIELD}
                value={stay}
                onChange={(event) => setStay(event.target.value as Stay | "kept")}
              >
                {keptUntilAt !== null && <option value="kept">{kept}</option>}
                {Object.entries(STAYS).map(([each, { words }]) => (
                  <option key={each} value={each}>
                    {words}
                  </option>
                ))}
              </select>
            </div>
            <div className="flex justify-end gap-2">
              <button type="button" className={SECONDARY_BUTTON} onClick={onClose}>
                Cancel
              </button>
              <button type="submit" className={PRIMARY_BUTTON}>
                Save
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
