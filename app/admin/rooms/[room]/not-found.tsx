import Link from "next/link";
import { CardMessage } from "../../../../components/ui/card-page";
import { PRIMARY_BUTTON } from "../../../../components/ui/classes";
import { ROOM_NAME_RULE } from "../../../../core/shared/limits";

/** Shown to admins for a name that no room can have. */
export default function NotFound() {
  return (
    <CardMessage title="No such room" text={ROOM_NAME_RULE}>
      <Link href="/admin" className={PRIMARY_BUTTON}>
        All rooms
      </Link>
    </CardMessage>
  );
}
