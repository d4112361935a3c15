"use client";

import { useRouter } from "next/navigation";
import { useId, useState, type FormEvent } from "react";
import { isRoomName } from "../../core/limits";
import { CardPage } from "../ui/card-page";
import { FIELD, PRIMARY_BUTTON } from "../ui/classes";
import { FormProblem } from "../ui/form-problem";

/** Asks an admin which room to look into. */
export function OpenRoom({ suggested }: { suggested: string }) {
  const router = useRouter();
  const [room, setRoom] = useState(suggested);
  const [problem, setProblem] = useState<string | null>(null);
  const fieldId = useId();

  function open(event: FormEvent): void {
    event.preventDefault();
    const name = room.trim();
    if (isRoomName(name)) router.push(`/admin/rooms/${name}`);
    else setProblem("A room's name has 1 to 64 letters, digits, _ or -, the first a letter or digit.");
  }

  return (
    <CardPage>
      <form method="post" onSubmit={open} noValidate className="grid gap-5">
        <div>
          <h1 className="text-lg font-semibold tracking-tight">Open a room</h1>
          <p className="mt-1 text-muted">See who is in it, on which devices, and why it says so.</p>
        </div>
        <div className="grid gap-1.5">
          <label htmlFor={fieldId} className="text-[13px] font-medium">
            Room
          </label>
          <input
            id={fieldId}
            name="room"
            className={FIELD}
            value={room}
            onChange={(event) => setRoom(event.target.value)}
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={problem !== null}
            aria-describedby={`${fieldId}-problem`}
          />
          <FormProblem id={`${fieldId}-problem`} problem={problem} />
        </div>
        <button type="submit" className={`${PRIMARY_BUTTON} h-9`}>
          Open
        </button>
      </form>
    </CardPage>
  );
}
