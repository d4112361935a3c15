"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { isRoomName } from "../../core/limits";
import { CardPage } from "../ui/card-page";
import { signInByToken } from "./session-api";

/**
 * Where the team's own app sends people: `/arrive#token=…&room=…`. What follows the # is sent to no server and is
 * in no log; it is taken out of the address before anything else is done.
 */
export function Arrival() {
  const router = useRouter();
  const begun = useRef(false);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    // React runs effects twice in development, and the second time the token is gone.
    if (begun.current) return;
    begun.current = true;
    const params = new URLSearchParams(window.location.hash.slice(1));
    window.history.replaceState(null, "", window.location.pathname);
    void arrive(params.get("token"), params.get("room") ?? "");

    async function arrive(token: string | null, room: string): Promise<void> {
      if (!token)
        return setProblem("The link that led here brought no sign-in. Open presence from your team's app.");
      const answer = await signInByToken(token);
      if (!answer.ok) return setProblem(answer.problem);
      router.replace(isRoomName(room) ? `/rooms/${room}` : answer.home);
    }
  }, [router]);

  return (
    <CardPage>
      <h1 className="text-lg font-semibold tracking-tight">
        {problem === null ? "Signing you in…" : "You could not be signed in"}
      </h1>
      {problem !== null && (
        <p className="mt-1 text-muted" role="alert">
          {problem}
        </p>
      )}
    </CardPage>
  );
}
