"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmDanger } from "../ui/confirm-danger";
import { askAdmin, roomPath } from "./api/admin-api";

/** The button that deletes the room after a confirmation, and returns to the rooms (DB3). */
export function DeleteRoom({ room }: { room: string }) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function remove(): Promise<void> {
    setBusy(true);
    setProblem(null);
    const answer = await askAdmin<unknown>(roomPath(room), { method: "DELETE" });
    setBusy(false);
    if (answer.ok) router.push("/admin");
    else setProblem(answer.problem);
  }

  return (
    <ConfirmDanger
      open={asking}
      onOpenChange={setAsking}
      trigger={
        <button
          type="button"
          className="inline-flex h-7 items-center gap-1.5 rounded px-1.5 hover:bg-hover hover:text-danger"
        >
          <Trash2 className="size-3.5" aria-hidden />
          Delete room…
        </button>
      }
      title={`Delete ${room}?`}
      confirm={busy ? "Deleting…" : `Delete ${room}`}
      busy={busy}
      onConfirm={() => void remove()}
    >
      <p>
        Everybody in {room} is disconnected, and everything that it keeps is deleted: its people, when they
        were last seen, and its history. This cannot be undone.
      </p>
      <p>Whoever enters it later begins a new room.</p>
      {problem && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
    </ConfirmDanger>
  );
}
