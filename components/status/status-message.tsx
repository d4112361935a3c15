import { isolate } from "../../core/shared/text";
import type { StatusMessage as Message } from "../../core/shared/terms";
import { messageInWords } from "./status-words";

interface StatusMessageProps {
  readonly message: Message;
  readonly className?: string;
}

/** What somebody says of themselves (ST4), in one line; the whole of it is in the tooltip. */
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
