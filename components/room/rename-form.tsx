"use client";

import { X } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import { readGuestName } from "../session/guest-name";
import { signInAsGuest } from "../session/session-api";
import { useSessionRefresh } from "../session/use-session-refresh";
import { FIELD, ICON_BUTTON, PRIMARY_BUTTON } from "../ui/classes";
import { FormProblem } from "../ui/form-problem";

interface RenameFormProps {
  readonly name: string;
  /** The most characters of a name (SE4). */
  readonly nameLength: number;
  readonly onDone: () => void;
}

/** Changes the signed-in guest's name. The guest stays the same user. */
export function RenameForm({ name, nameLength, onDone }: RenameFormProps) {
  const refresh = useSessionRefresh("guest");
  const [typed, setTyped] = useState(name);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const fieldId = useId();

  async function rename(): Promise<void> {
    const picked = readGuestName(typed, nameLength);
    if (!picked.ok) return setProblem(picked.problem);
    if (picked.name === name) return onDone();
    setBusy(true);
    const answer = await signInAsGuest(picked.name);
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    onDone();
    refresh.here();
    refresh.elsewhere();
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void rename();
  };
  return (
    <form method="post" onSubmit={submit} noValidate className="grid min-w-0 flex-1 gap-1">
      <div className="flex items-center gap-2">
        <input
          // The user has just opened this field.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          className={FIELD}
          aria-label="Your name"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && onDone()}
          autoComplete="nickname"
          aria-invalid={problem !== null}
          aria-describedby={fieldId}
        />
        <button type="submit" className={PRIMARY_BUTTON} disabled={busy}>
          {busy ? "Saving…" : "Save"}
        </button>
        <button type="button" className={ICON_BUTTON} aria-label="Cancel" onClick={onDone}>
          <X className="size-4" aria-hidden />
        </button>
      </div>
      <FormProblem id={fieldId} problem={problem} />
    </form>
  );
}
