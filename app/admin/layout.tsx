import type { Metadata } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AdminSignIn } from "../../components/session/admin-sign-in";
import { ADMIN_COOKIE, showAdmin } from "../_server/admin-session";

export const metadata: Metadata = { title: "Admin", robots: { index: false } };

/**
 * Asks for the sign-in at whatever admin page was opened, so that a shared address still leads there. What
 * the pages show comes from the room server, which asks for an admin's token: this guards no data.
 */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const admin = await showAdmin((await cookies()).get(ADMIN_COOKIE)?.value);
  return admin ? children : <AdminSignIn />;
}
