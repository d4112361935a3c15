"use client";

import { Dialog } from "radix-ui";
import { useState, type FormEvent } from "react";
import { readGuestName } from "../session/guest-name";
import { signInAsGuest } from "../session/session-api";
import { useSignIn } from "../session/use-sign-in";
import { DIALOG, OVERLAY, PRIMARY_BUTTON, SECONDARY_BUTTON } from "../ui/classes";
import { LabelledField } from "../ui/labelled-field";

interface RenameDialogProps {
  readonly name: string;
  /** The most characters of a name (SE4). */
  readonly nameLength: number;
  readonly onClose: () => void;
  /** Called after it has closed, to restore the focus. */
  readonly onClosed: () => void;
}

/** Changes the signed-in guest's name. The guest stays the same user. It is open while it is mounted. */
export function RenameDialog({ name, nameLength, onClose, onClosed }: RenameDialogProps) {
  const [typed, setTyped] = useState(name);
  const { signIn, setProblem, busy, problem } = useSignIn("guest");

  async function rename(event: FormEvent): Promise<void> {
    event.preventDefault();
    const picked = readGuestName(typed, nameLength);
    if (!picked.ok) return setProblem(picked.problem);
    if (picked.name === name || (await signIn(() => signInAsGuest(picked.name))).ok) onClose();
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
          <form method="post" onSubmit={(event) => void rename(event)} noValidate className="grid gap-4">
            <Dialog.Title className="text-base font-semibold tracking-tight">Change your name</Dialog.Title>
            <LabelledField
              label="Your name"
              hideLabel
              problem={problem}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setProblem(null);
              }}
              autoComplete="nickname"
            />
            <div className="flex justify-end gap-2">
              <button type="button" className={SECONDARY_BUTTON} onClick={onClose}>
                Cancel
              </button>
              <button type="submit" className={PRIMARY_BUTTON} disabled={busy}>
                {busy ? "Saving…" : "Save"}
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
