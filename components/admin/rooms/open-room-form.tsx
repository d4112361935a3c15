"use client";

import { useRouter } from "next/navigation";
import { useId, useState, type FormEvent } from "react";
import { isRoomName } from "../../../core/shared/limits";
import { SECONDARY_BUTTON } from "../../ui/classes";
import { FormProblem } from "../../ui/form-problem";

/** Opens a room by name. A room without visitors is in no list. */
export function OpenRoomForm() {
  const router = useRouter();
  const [room, setRoom] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const fieldId = useId();

  function open(event: FormEvent): void {
    event.preventDefault();
    const name = room.trim();
    if (isRoomName(name)) router.push(`/admin/rooms/${name}`);
    else setProblem("A room's name has 1 to 64 letters, digits, _ or -, the first a letter or digit.");
  }

  return (
    <form method="post" onSubmit={open} noValidate className="grid justify-items-start gap-1.5">
      <label htmlFor={fieldId} className="text-[13px] text-muted">
        Open a room by its name, before anybody has been in it
      </label>
      <div className="flex w-full max-w-sm gap-2">
        <input
          id={fieldId}
          name="room"
          className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 text-base placeholder:text-muted aria-invalid:border-danger sm:text-[13px]"
          value={room}
          onChange={(event) => setRoom(event.target.value)}
          autoCapitalize="none"
          spellCheck={false}
          autoComplete="off"
          aria-invalid={problem !== null}
          aria-describedby={`${fieldId}-problem`}
        />
        <button type="submit" className={SECONDARY_BUTTON}>
          Open
        </button>
      </div>
      <FormProblem id={`${fieldId}-problem`} problem={problem} />
    </form>
  );
}
