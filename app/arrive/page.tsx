import type { Metadata } from "next";
import { Arrival } from "../../components/session/arrival";

export const metadata: Metadata = { title: "Signing in" };

/** Where people come from the team's own app, signed in there. */
export default function Page() {
  return <Arrival />;
}
