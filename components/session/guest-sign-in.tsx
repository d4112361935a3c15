"use client";

import { UserRound } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import { Avatar } from "../avatar/avatar";
import { CardPage } from "../ui/card-page";
import { FIELD, PRIMARY_BUTTON } from "../ui/classes";
import { FormProblem } from "../ui/form-problem";
import { readGuestName } from "./guest-name";
import { NOT_KEPT, signInAsGuest, signOutGuest } from "./session-api";
import { useSessionRefresh } from "./use-session-refresh";

interface GuestSignInProps {
  readonly room: string;
  /** The most characters of a name (SE4). */
  readonly nameLength: number;
  /** Whether the user has just left. Then the rest of that sign-in is cleared first. */
  readonly left?: boolean;
  /** Why the user's sign-in could not be ended. */
  readonly leaveProblem?: string | null;
}

/** Asks for a name, which is all that a guest needs to enter a room. */
export function GuestSignIn({ room, nameLength, left = false, leaveProblem = null }: GuestSignInProps) {
  const [typed, setTyped] = useState("");
  const { submit, busy, problem } = useGuestSignIn(typed, nameLength, left);
  const fieldId = useId();
  const picked = readGuestName(typed, nameLength);
  return (
    <CardPage>
      <form method="post" onSubmit={submit} noValidate className="grid gap-5">
        <div className="grid justify-items-center gap-3 text-center">
          <span className="grid size-14 place-items-center rounded-full bg-hover text-muted">
            {picked.ok ? (
              <Avatar
                profile={{ id: picked.name, name: picked.name, picture: null }}
                size={56}
                status="online"
              />
            ) : (
              <UserRound className="size-6" aria-hidden />
            )}
          </span>
          <div>
            <h1 className="text-lg font-semibold tracking-tight wrap-anywhere">Join {room}</h1>
            <p className="mt-1 text-muted" role="status">
              {left
                ? "You have left. The others see you as offline."
                : "See who is here, and let them see you."}
            </p>
            {leaveProblem && <p className="mt-1 text-danger">Signing out is not complete: {leaveProblem}</p>}
          </div>
        </div>
        <div className="grid gap-1.5">
          <label htmlFor={fieldId} className="text-[13px] font-medium">
            Your name
          </label>
          <input
            id={fieldId}
            name="name"
            className={FIELD}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder="Ada Lovelace"
            autoComplete="nickname"
            enterKeyHint="go"
            maxLength={nameLength * 2}
            aria-invalid={problem !== null}
            aria-describedby={`${fieldId}-problem`}
          />
          <FormProblem id={`${fieldId}-problem`} problem={problem} />
        </div>
        <button type="submit" className={`${PRIMARY_BUTTON} h-9`} disabled={busy}>
          {busy ? "Joining…" : "Join"}
        </button>
      </form>
    </CardPage>
  );
}

function useGuestSignIn(typed: string, nameLength: number, left: boolean) {
  const refresh = useSessionRefresh("guest");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [signedIn, setSignedIn] = useState(false);

  async function signIn(): Promise<void> {
    const picked = readGuestName(typed, nameLength);
    if (!picked.ok) return setProblem(picked.problem);
    setBusy(true);
    setSignedIn(false);
    setProblem(null);
    // The room refuses a sign-in that has ended. This must be a new one.
    const forgotten = left ? await signOutGuest() : null;
    const answer = forgotten?.ok === false ? forgotten : await signInAsGuest(picked.name);
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    setSignedIn(true);
    refresh.here();
    refresh.elsewhere();
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn();
  };
  // After a sign-in the room replaces this form. If it is still here, the browser kept no cookie (BR1).
  const notKept = signedIn && !refresh.pending;
  return { submit, busy: busy || refresh.pending, problem: notKept ? NOT_KEPT : problem };
}
