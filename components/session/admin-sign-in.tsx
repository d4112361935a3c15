"use client";

import { useEffect, useId, useState, type FormEvent } from "react";
import { CardPage } from "../ui/card-page";
import { FIELD, PRIMARY_BUTTON } from "../ui/classes";
import { FormProblem } from "../ui/form-problem";
import { NOT_KEPT, signInAsAdmin } from "./session-api";
import { useSessionRefresh } from "./use-session-refresh";

/** Asks for the admin's password, and shows how long to wait after too many wrong ones. */
export function AdminSignIn() {
  const [password, setPassword] = useState("");
  const { submit, busy, waitS, problem } = useAdminSignIn(password, () => setPassword(""));
  const fieldId = useId();
  return (
    <CardPage>
      <form method="post" onSubmit={submit} noValidate className="grid gap-5">
        <div>
          <h1 className="text-lg font-semibold tracking-tight">Admin sign-in</h1>
          <p className="mt-1 text-muted">Rosters, devices and reasons are for admins.</p>
        </div>
        {/* Password managers store a password under a user name. */}
        <input type="text" name="username" value="admin" autoComplete="username" readOnly hidden />
        <div className="grid gap-1.5">
          <label htmlFor={fieldId} className="text-[13px] font-medium">
            Password
          </label>
          <input
            id={fieldId}
            type="password"
            name="password"
            className={FIELD}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="current-password"
            enterKeyHint="go"
            aria-invalid={problem !== null}
            aria-describedby={`${fieldId}-problem`}
          />
          <FormProblem id={`${fieldId}-problem`} problem={problem} />
        </div>
        <button type="submit" className={`${PRIMARY_BUTTON} h-9`} disabled={busy || waitS > 0}>
          {waitS > 0 ? `Try again in ${waitS} s` : busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </CardPage>
  );
}

function useAdminSignIn(password: string, clear: () => void) {
  const refresh = useSessionRefresh("admin");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [waitS, setWaitS] = useState(0);
  const [signedIn, setSignedIn] = useState(false);

  useEffect(() => {
    if (waitS === 0) return;
    const timer = setTimeout(() => setWaitS(waitS - 1), 1_000);
    return () => clearTimeout(timer);
  }, [waitS]);

  async function signIn(): Promise<void> {
    if (password === "") return setProblem("Enter the password. `npm start` showed it when it made one.");
    setBusy(true);
    setSignedIn(false);
    setProblem(null);
    const answer = await signInAsAdmin(password);
    setBusy(false);
    if (answer.ok) {
      setSignedIn(true);
      refresh.here();
      return refresh.elsewhere();
    }
    setWaitS(answer.retryAfterS ?? 0);
    setProblem(answer.retryAfterS === null ? answer.problem : "Too many wrong passwords.");
    if (answer.retryAfterS === null) clear();
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (waitS === 0) void signIn();
  };
  // After a sign-in the admin's page replaces this form. If it is still here, the browser kept no cookie (BR1).
  const notKept = signedIn && !refresh.pending;
  return { submit, busy: busy || refresh.pending, waitS, problem: notKept ? NOT_KEPT : problem };
}
