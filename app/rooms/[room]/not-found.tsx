import Link from "next/link";
import { CardPage } from "../../../components/ui/card-page";
import { PRIMARY_BUTTON } from "../../../components/ui/classes";

/** Shown for a name that no room can have. */
export default function NotFound() {
  return (
    <CardPage>
      <h1 className="text-lg font-semibold tracking-tight">No such room</h1>
      <p className="mt-1 mb-5 text-muted">
        A room&apos;s name has 1 to 64 letters, digits, _ or -, and begins with a letter or digit. Check the
        address, or go where everybody is.
      </p>
      <Link href="/" className={PRIMARY_BUTTON}>
        Enter the lobby
      </Link>
    </CardPage>
  );
}
