"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { isRoomName, ROOM_NAME_RULE } from "../../../core/shared/limits";
import { SECONDARY_BUTTON } from "../../ui/classes";
import { LabelledField } from "../../ui/labelled-field";

/** Opens a room by name. A room without visitors is in no list. */
export function OpenRoomForm() {
  const router = useRouter();
  const [room, setRoom] = useState("");
  const [problem, setProblem] = useState<string | null>(null);

  function open(event: FormEvent): void {
    event.preventDefault();
    const name = room.trim();
    if (isRoomName(name)) router.push(`/admin/rooms/${name}`);
    else setProblem(ROOM_NAME_RULE);
  }

  return (
    <form method="post" onSubmit={open} noValidate className="max-w-sm">
      <LabelledField
        label="Open a room by its name, before anybody has been in it"
        problem={problem}
        name="room"
        value={room}
        onChange={(event) => {
          setRoom(event.target.value);
          setProblem(null);
        }}
        autoCapitalize="none"
        spellCheck={false}
        autoComplete="off"
      >
        <button type="submit" className={SECONDARY_BUTTON}>
          Open
        </button>
      </LabelledField>
    </form>
  );
}
