"use client";

import Link from "next/link";
import { useId, type FormEvent } from "react";
import { Avatar } from "../avatar/avatar";
import { PRIMARY_BUTTON, SECONDARY_BUTTON } from "../ui/classes";
import { FormProblem } from "../ui/form-problem";
import type { Arriving } from "./session-api";

interface ArrivalFormProps {
  readonly who: Arriving;
  /** The link's room; null for the first room of the token. */
  readonly room: string | null;
  readonly busy: boolean;
  /** Why the sign-in failed. */
  readonly problem: string | null;
  readonly onContinue: () => void;
}

/** Long names wrap, and are not cut off. */
const WHOLE = "h-auto min-h-9 py-1.5 text-center whitespace-normal! wrap-anywhere";

/** Shows whom a link names and what the sign-in would change in this browser, with a button to sign in. */
export function ArrivalForm({ who, room, busy, problem, onContinue }: ArrivalFormProps) {
  const { arriving, current } = who;
  const problemId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onContinue();
  };
  return (
    <form method="post" onSubmit={submit} className="mt-5 grid gap-5">
      <SignedInNow who={who} />
      <div className="grid gap-2">
        <FormProblem id={problemId} problem={problem} />
        <button
          type="submit"
          className={`${PRIMARY_BUTTON} ${WHOLE}`}
          disabled={busy}
          aria-describedby={problemId}
        >
          {busy ? (
            "Signing in…"
          ) : (
            <span>
              Continue as <bdi>{arriving.name}</bdi>
            </span>
          )}
        </button>
        {current && (
          <Link
            className={`${SECONDARY_BUTTON} ${WHOLE}`}
            href={room === null ? current.home : `/rooms/${room}`}
            replace
            prefetch={false}
          >
            <span>
              Stay as <bdi>{current.name}</bdi>
            </span>
          </Link>
        )}
      </div>
      <p className="text-[13px]/[18px] text-pretty text-muted">
        Not you? Then this is somebody else&apos;s link, and what you do here would be done under their name.
        {current === null && " Close this page."}
      </p>
    </form>
  );
}

/** The user who would be signed out of this browser, if there is one. */
function SignedInNow({ who: { arriving, current, isAdmin } }: { who: Arriving }) {
  const losesAdmin = isAdmin && !arriving.isAdmin;
  if (!current && !losesAdmin) return null;
  return (
    <div className="grid gap-2 rounded-lg border border-line bg-canvas p-3 text-[13px]/[18px]">
      {current && (
        <div className="flex min-w-0 items-center gap-2.5">
          <Avatar profile={current} size={32} />
          <p className="min-w-0 wrap-anywhere">
            <span className="block text-muted">Signed in now</span>
            <bdi className="font-medium">{current.name}</bdi>
          </p>
        </div>
      )}
      {losesAdmin && (
        <p className="text-muted">
          {current ? "An admin is signed in here, too." : "An admin is signed in here."} Continuing signs the
          admin out.
        </p>
      )}
    </div>
  );
}
