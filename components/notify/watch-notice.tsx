"use client";

import { X } from "lucide-react";
import { ICON_BUTTON } from "../ui/classes";

interface WatchNoticeProps {
  readonly notice: string | null;
  readonly onDismiss: () => void;
}

/** Shows at the foot of the page what the browser did not show as a notification. */
export function WatchNotice({ notice, onDismiss }: WatchNoticeProps) {
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-4 z-30 flex justify-center px-4">
      {notice !== null && (
        <p className="pointer-events-auto flex max-w-md animate-rise items-center gap-2 rounded-lg border border-line-strong bg-raised py-1.5 pr-1.5 pl-3 text-[13px] shadow-raised">
          <span>{notice}</span>
          <button type="button" className={`${ICON_BUTTON} size-7`} aria-label="Dismiss" onClick={onDismiss}>
            <X className="size-3.5" aria-hidden />
          </button>
        </p>
      )}
    </div>
  );
}
