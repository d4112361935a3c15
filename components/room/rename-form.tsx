"use client";

import { X } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readGuestName } from "../session/guest-name";
import { signInAsGuest } from "../session/session-api";
import { useSignIn } from "../session/use-sign-in";
import { ICON_BUTTON, PRIMARY_BUTTON } from "../ui/classes";
import { LabelledField } from "../ui/labelled-field";

interface RenameFormProps {
  readonly name: string;
  /** The most characters of a name (SE4). */
  readonly nameLength: number;
  readonly onDone: () => void;
}

/** Changes the signed-in guest's name. The guest stays the same user. */
export function RenameForm({ name, nameLength, onDone }: RenameFormProps) {
  const [typed, setTyped] = useState(name);
  const { signIn, setProblem, busy, problem } = useSignIn("guest");

  async function rename(event: FormEvent): Promise<void> {
    event.preventDefault();
    const picked = readGuestName(typed, nameLength);
    if (!picked.ok) return setProblem(picked.problem);
    if (picked.name === name || (await signIn(() => signInAsGuest(picked.name))).ok) onDone();
  }

  return (
    <form method="post" onSubmit={(event) => void rename(event)} noValidate className="min-w-0 flex-1">
      <LabelledField
        label="Your name"
        hideLabel
        problem={problem}
        // The user has just opened this field.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setProblem(null);
        }}
        onKeyDown={(event) => event.key === "Escape" && onDone()}
        autoComplete="nickname"
      >
        <button type="submit" className={PRIMARY_BUTTON} disabled={busy}>
          {busy ? "Saving…" : "Save"}
        </button>
        <button type="button" className={ICON_BUTTON} aria-label="Cancel" onClick={onDone}>
          <X className="size-4" aria-hidden />
        </button>
      </LabelledField>
    </form>
  );
}
