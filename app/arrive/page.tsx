import type { Metadata } from "next";
import { Arrival } from "../../components/session/arrival";

export const metadata: Metadata = { title: "Signing in" };

/** The page for people who come from the team's own app, where they are signed in. */
export default function Page() {
  return <Arrival />;
}
