"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { isRoomName } from "../../core/shared/limits";
import { askWhoArrives, NOT_KEPT, signInByToken, type Arriving } from "./session-api";

const NO_TOKEN = "The link that led here brought no sign-in. Open presence from your team's app.";

/** The state after following a link: checking, asking for confirmation, or refused with a reason. */
type Step =
  | { readonly name: "asking" }
  | { readonly name: "asked"; readonly who: Arriving; readonly token: string; readonly room: string | null }
  | { readonly name: "refused"; readonly problem: string };

/**
 * The part after the # is not sent to servers and is in no log. It is removed from the address first, and kept only in
 * this page's memory.
 */
export function useArrival() {
  const router = useRouter();
  const latest = useRef<string | null>(null);
  const [step, setStep] = useState<Step>({ name: "asking" });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function signIn(token: string, room: string | null): Promise<string | null> {
    const answer = await signInByToken(token);
    if (!answer.ok) return answer.problem;
    const now = await askWhoArrives(token);
    if (now.ok && !now.data.current?.isSame) return NOT_KEPT;
    router.replace(room === null ? answer.data.home : `/rooms/${room}`);
    return null;
  }

  async function take(): Promise<void> {
    const params = new URLSearchParams(window.location.hash.slice(1));
    window.history.replaceState(null, "", window.location.pathname);
    const token = params.get("token");
    const named = params.get("room") ?? "";
    const room = isRoomName(named) ? named : null;
    latest.current = token;
    setBusy(false);
    setProblem(null);
    if (!token) return setStep({ name: "refused", problem: NO_TOKEN });
    setStep({ name: "asking" });
    const answer = await askWhoArrives(token);
    if (latest.current !== token) return;
    if (!answer.ok) return setStep({ name: "refused", problem: answer.problem });
    const { data: who } = answer;
    if (!who.current?.isSame) return setStep({ name: "asked", who, token, room });
    // The same user: there is nothing to confirm, and the rooms are the token's from now on.
    const failed = await signIn(token, room);
    if (failed !== null) setStep({ name: "refused", problem: failed });
  }

  useEffect(() => {
    // In development React runs effects twice. The second time the token is gone.
    if (latest.current === null) void take();
    // Another link in a tab that shows this page does not reload the page.
    const again = () => void (window.location.hash !== "" && take());
    window.addEventListener("hashchange", again);
    return () => window.removeEventListener("hashchange", again);
    // `take` uses only the router of its render, which stays the same.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);

  async function goOn(): Promise<void> {
    if (step.name !== "asked") return;
    setBusy(true);
    setProblem(null);
    const failed = await signIn(step.token, step.room);
    if (failed === null) return;
    setProblem(failed);
    setBusy(false);
  }

  return { step, busy, problem, proceed: () => void goOn() };
}
