import type { Metadata } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AdminSignIn } from "../../components/session/admin-sign-in";
import { adminSessions } from "../_server/admin-session";

export const metadata: Metadata = { title: "Admin", robots: { index: false } };

/**
 * Asks for a sign-in on every admin page, so that a shared address still works. This protects no data: the pages get
 * theirs from the room server, which requires an admin's token.
 */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const admin = await adminSessions.show(await cookies());
  return admin ? children : <AdminSignIn />;
}
