import { CircleAlert } from "lucide-react";
import { SECONDARY_BUTTON } from "./classes";

/** Why the content is missing, with a button to try again. */
export function Notice({ text, onRetry }: { text: string; onRetry?: () => void }) {
  return (
    <div role="alert" className="flex items-center gap-3 rounded-lg border border-line px-3 py-2 text-[13px]">
      <CircleAlert className="size-4 shrink-0 text-danger" aria-hidden />
      <span className="min-w-0 flex-1">{text}</span>
      {onRetry && (
        <button type="button" className={SECONDARY_BUTTON} onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
