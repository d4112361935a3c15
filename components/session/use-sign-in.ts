"use client";

import { useState } from "react";
import type { Answer } from "../ui/app-request";
import { NOT_KEPT } from "./session-api";
import { useSessionRefresh } from "./use-session-refresh";

/** A sign-in form: runs the request, and refreshes every tab after a success. */
export function useSignIn(kind: "guest" | "admin") {
  const refresh = useSessionRefresh(kind);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [signedIn, setSignedIn] = useState(false);

  async function signIn(send: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> {
    setBusy(true);
    setSignedIn(false);
    setProblem(null);
    const answer = await send();
    setBusy(false);
    setSignedIn(answer.ok);
    if (!answer.ok) {
      setProblem(answer.problem);
      return answer;
    }
    refresh.here();
    refresh.elsewhere();
    return answer;
  }

  // After a sign-in the page replaces the form. If it is still here, the browser kept no cookie (BR1).
  const notKept = signedIn && !refresh.pending;
  return { signIn, setProblem, busy: busy || refresh.pending, problem: notKept ? NOT_KEPT : problem };
}
