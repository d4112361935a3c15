import Link from "next/link";
import { CardMessage } from "../../../components/ui/card-page";
import { PRIMARY_BUTTON } from "../../../components/ui/classes";
import { ROOM_NAME_RULE } from "../../../core/shared/limits";

/** Shown for a name that no room can have. */
export default function NotFound() {
  return (
    <CardMessage title="No such room" text={ROOM_NAME_RULE}>
      <Link href="/" className={PRIMARY_BUTTON}>
        Enter the lobby
      </Link>
    </CardMessage>
  );
}
