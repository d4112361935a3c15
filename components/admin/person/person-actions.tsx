"use client";

import { useState } from "react";
import { DANGER_BUTTON, SECONDARY_BUTTON } from "../../ui/classes";
import { ConfirmDanger } from "../../ui/confirm-danger";
import { askAdmin, roomPath } from "../api/admin-api";

interface PersonActionsProps {
  readonly room: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly connections: number;
  readonly onErased: () => void;
}

type Busy = "disconnect" | "erase" | null;

/** The actions on a person: disconnect them, or erase them permanently (DB3). */
export function PersonActions({ room, user, connections, onErased }: PersonActionsProps) {
  const [busy, setBusy] = useState<Busy>(null);
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState("");

  async function disconnect(): Promise<void> {
    setBusy("disconnect");
    const url = roomPath(room, "users", user.id, "connections");
    const answer = await askAdmin<{ closed: number }>(url, { method: "DELETE" });
    setBusy(null);
    setTold(answer.ok ? closedWords(answer.data.closed) : answer.problem);
  }

  async function erase(): Promise<void> {
    setBusy("erase");
    const answer = await askAdmin<unknown>(roomPath(room, "users", user.id), { method: "DELETE" });
    setBusy(null);
    setAsking(false);
    if (answer.ok) onErased();
    else setTold(answer.problem);
  }

  return (
    <div className="grid gap-2">
      <p role="status" className="text-[13px] text-muted empty:hidden">
        {told}
      </p>
      <div className="flex gap-2">
        <button
          type="button"
          className={SECONDARY_BUTTON}
          disabled={connections === 0 || busy !== null}
          onClick={() => void disconnect()}
        >
          {busy === "disconnect" ? "Disconnecting…" : "Disconnect"}
        </button>
        <ConfirmDanger
          open={asking}
          onOpenChange={setAsking}
          trigger={
            <button type="button" className={DANGER_BUTTON} disabled={busy !== null}>
              Erase…
            </button>
          }
          title={
            <>
              Erase <bdi>{user.name}</bdi>?
            </>
          }
          confirm={
            busy === "erase" ? (
              "Erasing…"
            ) : (
              <>
                Erase <bdi>{user.name}</bdi>
              </>
            )
          }
          busy={busy !== null}
          onConfirm={() => void erase()}
        >
          <p>
            <bdi>{user.name}</bdi> is disconnected, and {room} forgets their profile, last seen and all of
            their status changes. This cannot be undone.
          </p>
          <p>The history of the counts stays. If they return, they are a new person.</p>
        </ConfirmDanger>
      </div>
    </div>
  );
}

function closedWords(closed: number): string {
  if (closed === 0) return "There was no connection left to close.";
  return `${closed === 1 ? "One connection was" : `${closed} connections were`} closed. They may return.`;
}
