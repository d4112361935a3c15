import Link from "next/link";
import { CardMessage } from "../ui/card-page";
import { PRIMARY_BUTTON } from "../ui/classes";

interface NoEntryProps {
  readonly room: string;
  /** Where the user may go instead. */
  readonly home: { readonly href: string; readonly label: string };
}

/** Shown to a signed-in user who may not enter this room. */
export function NoEntry({ room, home }: NoEntryProps) {
  return (
    <CardMessage
      title={`You may not enter ${room}`}
      text="Your account does not open this room. Ask its admin."
    >
      <Link className={`${PRIMARY_BUTTON} h-9`} href={home.href}>
        {home.label}
      </Link>
    </CardMessage>
  );
}
