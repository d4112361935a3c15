import type { Metadata } from "next";
import Link from "next/link";
import { CardPage } from "../components/ui/card-page";
import { PRIMARY_BUTTON } from "../components/ui/classes";

export const metadata: Metadata = { title: "Not found" };

/** Shown for an unknown address. */
export default function NotFound() {
  return (
    <CardPage>
      <h1 className="text-lg font-semibold tracking-tight">There is no such page</h1>
      <p className="mt-1 mb-5 text-muted">The address may be mistyped, or the page is gone.</p>
      <Link href="/" className={PRIMARY_BUTTON}>
        Enter the lobby
      </Link>
    </CardPage>
  );
}
