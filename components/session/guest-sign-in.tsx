"use client";

import { UserRound } from "lucide-react";
import { useState, type FormEvent } from "react";
import { Avatar } from "../avatar/avatar";
import { CardPage } from "../ui/card-page";
import { PRIMARY_BUTTON } from "../ui/classes";
import { LabelledField } from "../ui/labelled-field";
import { readGuestName } from "./guest-name";
import { signInAsGuest, signOutGuest } from "./session-api";
import { useSignIn } from "./use-sign-in";

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
  const { signIn, setProblem, busy, problem } = useSignIn("guest");
  const picked = readGuestName(typed, nameLength);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!picked.ok) return setProblem(picked.problem);
    void signIn(async () => {
      // The room refuses a sign-in that has ended. This must be a new one.
      const forgotten = left ? await signOutGuest() : null;
      return forgotten?.ok === false ? forgotten : await signInAsGuest(picked.name);
    });
  }

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
        <LabelledField
          label="Your name"
          problem={problem}
          name="name"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setProblem(null);
          }}
          placeholder="Ada Lovelace"
          autoComplete="nickname"
          enterKeyHint="go"
          maxLength={nameLength * 2}
        />
        <button type="submit" className={`${PRIMARY_BUTTON} h-9`} disabled={busy}>
          {busy ? "Joining…" : "Join"}
        </button>
      </form>
    </CardPage>
  );
}
