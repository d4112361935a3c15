import { isolate } from "../../core/shared/text";
import type { StatusMessage as Message } from "../../core/shared/terms";
import { messageInWords } from "./status-words";

interface StatusMessageProps {
  readonly message: Message;
  readonly className?: string;
}

/** A user's status message (ST4) on one line. The tooltip has the whole text. */
export function StatusMessage({ message, className }: StatusMessageProps) {
  return (
    <span
      className={`rollcall-message${className ? ` ${className}` : ""}`}
      title={isolate(messageInWords(message))}
      data-message
    >
      <bdi>{messageInWords(message)}</bdi>
    </span>
  );
}
