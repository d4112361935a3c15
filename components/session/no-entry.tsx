import Link from "next/link";
import { CardPage } from "../ui/card-page";
import { PRIMARY_BUTTON } from "../ui/classes";

interface NoEntryProps {
  readonly room: string;
  /** Where the user may go instead. */
  readonly home: { readonly href: string; readonly label: string };
}

/** Shown to a signed-in user who may not enter this room. */
export function NoEntry({ room, home }: NoEntryProps) {
  return (
    <CardPage>
      <div className="grid gap-5 text-center">
        <div>
          <h1 className="text-lg font-semibold tracking-tight wrap-anywhere">You may not enter {room}</h1>
          <p className="mt-1 text-muted">Your account does not open this room. Ask whoever runs it.</p>
        </div>
        <Link className={`${PRIMARY_BUTTON} h-9`} href={home.href}>
          {home.label}
        </Link>
      </div>
    </CardPage>
  );
}
