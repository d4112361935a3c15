import type { StatusMessage as Message } from "../../core/terms";

interface StatusMessageProps {
  readonly message: Message;
  readonly className?: string;
}

/** What somebody says of themselves (ST4), in one line; the whole of it is in the tooltip. */
export function StatusMessage({ message, className }: StatusMessageProps) {
  return (
    <span
      className={`rollcall-message${className ? ` ${className}` : ""}`}
      title={inWords(message)}
      data-message
    >
      {inWords(message)}
    </span>
  );
}

function inWords({ emoji, text }: Message): string {
  return [emoji, text].filter(Boolean).join(" ");
}
