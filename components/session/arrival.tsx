"use client";

import { Avatar } from "../avatar/avatar";
import { CardPage } from "../ui/card-page";
import { ArrivalForm } from "./arrival-form";
import type { Arriving } from "./session-api";
import { useArrival } from "./use-arrival";

/**
 * The page for links from the team's own app: `/arrive#token=…&room=…`. Anybody can send such a link to anybody. So it
 * does not sign in by itself: it shows the link's user, and a button signs in (SE5).
 */
export function Arrival() {
  const { step, busy, problem, proceed } = useArrival();
  return (
    <CardPage>
      {/* Present from the start, or screen readers would not announce its content. */}
      <div aria-live="polite">
        {step.name === "asked" ? (
          <Question arriving={step.who.arriving} />
        ) : (
          <h1 className="text-lg font-semibold tracking-tight">
            {step.name === "asking" ? "Checking who you are…" : "You could not be signed in"}
          </h1>
        )}
      </div>
      {step.name === "asked" && (
        <ArrivalForm who={step.who} room={step.room} busy={busy} problem={problem} onContinue={proceed} />
      )}
      {step.name === "refused" && (
        <p className="mt-1 text-muted" role="alert">
          {step.problem}
        </p>
      )}
    </CardPage>
  );
}

function Question({ arriving }: Pick<Arriving, "arriving">) {
  return (
    <div className="grid justify-items-center gap-3 text-center">
      <Avatar profile={arriving} size={56} />
      <div>
        <h1 className="text-lg font-semibold tracking-tight text-balance wrap-anywhere">
          Are you <bdi>{arriving.name}</bdi>?
        </h1>
        <p className="mt-1 text-balance wrap-anywhere text-muted">
          The link that led here signs you in as <bdi>{arriving.name}</bdi>
          {arriving.isAdmin ? ", an admin." : "."}
        </p>
      </div>
    </div>
  );
}
