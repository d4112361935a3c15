"use client";

import { AlertDialog } from "radix-ui";
import type { ReactNode } from "react";
import { CONFIRM_DANGER_BUTTON, OVERLAY, SECONDARY_BUTTON } from "./classes";

interface ConfirmDangerProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The button that opens the dialog. */
  readonly trigger: ReactNode;
  readonly title: ReactNode;
  /** The consequences, in paragraphs. */
  readonly children: ReactNode;
  /** The text of the confirming button. It names what is lost. */
  readonly confirm: ReactNode;
  readonly busy: boolean;
  readonly onConfirm: () => void;
}

/** Asks for confirmation before a permanent loss. */
export function ConfirmDanger(props: ConfirmDangerProps) {
  const { open, onOpenChange, trigger, title, children, confirm, busy, onConfirm } = props;
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={`${OVERLAY} z-60`} />
        <AlertDialog.Content className="fixed top-1/2 left-1/2 z-60 grid w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 gap-3 rounded-xl border border-line-strong bg-raised p-5 shadow-raised">
          <AlertDialog.Title className="text-base font-semibold tracking-tight">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="grid gap-2 text-muted">{children}</div>
          </AlertDialog.Description>
          <div className="mt-1 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel className={SECONDARY_BUTTON}>Keep</AlertDialog.Cancel>
            <button
              type="button"
              className={`${CONFIRM_DANGER_BUTTON} max-w-full`}
              disabled={busy}
              onClick={onConfirm}
            >
              <span className="truncate">{confirm}</span>
            </button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
