import type { Metadata } from "next";
import Link from "next/link";
import { CardMessage } from "../components/ui/card-page";
import { PRIMARY_BUTTON } from "../components/ui/classes";

export const metadata: Metadata = { title: "Not found" };

/** Shown for an unknown address. */
export default function NotFound() {
  return (
    <CardMessage title="There is no such page" text="The address may be mistyped, or the page is gone.">
      <Link href="/" className={PRIMARY_BUTTON}>
        Enter the lobby
      </Link>
    </CardMessage>
  );
}
