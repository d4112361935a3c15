"use client";

import { useEffect, useState, type FormEvent } from "react";
import { CardPage } from "../ui/card-page";
import { PRIMARY_BUTTON } from "../ui/classes";
import { LabelledField } from "../ui/labelled-field";
import { signInAsAdmin } from "./session-api";
import { useSignIn } from "./use-sign-in";

/** Asks for the admin's password, and shows how long to wait after too many wrong ones. */
export function AdminSignIn() {
  const [password, setPassword] = useState("");
  const [waitS, setWaitS] = useState(0);
  const { signIn, setProblem, busy, problem } = useSignIn("admin");

  useEffect(() => {
    if (waitS === 0) return;
    const timer = setTimeout(() => setWaitS(waitS - 1), 1_000);
    return () => clearTimeout(timer);
  }, [waitS]);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (waitS > 0) return;
    if (password === "") return setProblem("Enter the password. `npm start` showed it when it made one.");
    const answer = await signIn(() => signInAsAdmin(password));
    if (answer.ok) return;
    setWaitS(answer.retryAfterS ?? 0);
    if (answer.retryAfterS === null) setPassword("");
    else setProblem("Too many wrong passwords.");
  }

  return (
    <CardPage>
      <form method="post" onSubmit={(event) => void submit(event)} noValidate className="grid gap-5">
        <div>
          <h1 className="text-lg font-semibold tracking-tight">Admin sign-in</h1>
          <p className="mt-1 text-muted">Rosters, devices and reasons are for admins.</p>
        </div>
        {/* Password managers store a password under a user name. */}
        <input type="text" name="username" value="admin" autoComplete="username" readOnly hidden />
        <LabelledField
          label="Password"
          problem={problem}
          type="password"
          name="password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
          enterKeyHint="go"
        />
        <button type="submit" className={`${PRIMARY_BUTTON} h-9`} disabled={busy || waitS > 0}>
          {waitS > 0 ? `Try again in ${waitS} s` : busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </CardPage>
  );
}
