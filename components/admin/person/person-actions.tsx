"use client";

import { AlertDialog } from "radix-ui";
import { useState } from "react";
import { CONFIRM_DANGER_BUTTON, DANGER_BUTTON, OVERLAY, SECONDARY_BUTTON } from "../../ui/classes";
import { askAdmin, roomPath } from "../api/admin-api";

interface PersonActionsProps {
  readonly room: string;
  readonly user: { readonly id: string; readonly name: string };
  readonly connections: number;
  readonly onErased: () => void;
}

type Busy = "disconnect" | "erase" | null;

/** What an admin can do about a person: disconnect them, or erase them for good (DB3). */
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
        <AlertDialog.Root open={asking} onOpenChange={setAsking}>
          <AlertDialog.Trigger className={DANGER_BUTTON} disabled={busy !== null}>
            Erase…
          </AlertDialog.Trigger>
          <AlertDialog.Portal>
            <AlertDialog.Overlay className={`${OVERLAY} z-60`} />
            <AlertDialog.Content className="fixed top-1/2 left-1/2 z-60 grid w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 gap-3 rounded-xl border border-line-strong bg-raised p-5 shadow-raised">
              <AlertDialog.Title className="text-base font-semibold tracking-tight">
                Erase <bdi>{user.name}</bdi>?
              </AlertDialog.Title>
              <AlertDialog.Description asChild>
                <div className="grid gap-2 text-muted">
                  <p>
                    <bdi>{user.name}</bdi> is disconnected, and {room} forgets their profile, last seen and
                    all of their status changes. This cannot be undone.
                  </p>
                  <p>How many were online over time stays as it is. If they return, they are somebody new.</p>
                </div>
              </AlertDialog.Description>
              <div className="mt-1 flex flex-wrap justify-end gap-2">
                <AlertDialog.Cancel className={SECONDARY_BUTTON}>Keep</AlertDialog.Cancel>
                <button
                  type="button"
                  className={`${CONFIRM_DANGER_BUTTON} max-w-full`}
                  disabled={busy !== null}
                  onClick={() => void erase()}
                >
                  <span className="truncate">
                    {busy === "erase" ? (
                      "Erasing…"
                    ) : (
                      <>
                        Erase <bdi>{user.name}</bdi>
                      </>
                    )}
                  </span>
                </button>
              </div>
            </AlertDialog.Content>
          </AlertDialog.Portal>
        </AlertDialog.Root>
      </div>
    </div>
  );
}

function closedWords(closed: number): string {
  if (closed === 0) return "There was no connection left to close.";
  return `${closed === 1 ? "One connection was" : `${closed} connections were`} closed. They may return.`;
}
