import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { ThemeProvider } from "../components/theme/theme";
import { HintProvider } from "../components/ui/hint";
import { NONCE_HEADER } from "./_server/nonce";
import "./globals.css";

const DESCRIPTION = "Who is online, who is away, who is offline and when each of them was last seen.";

export const metadata: Metadata = {
  title: { default: "Rollcall", template: "%s · Rollcall" },
  description: DESCRIPTION,
  openGraph: { type: "website", siteName: "Rollcall", title: "Rollcall", description: DESCRIPTION },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#131316" },
  ],
};

/** The root layout: font, theme and tooltips. Pages are not prerendered, because each response has its own nonce. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get(NONCE_HEADER);
  return (
    // A script sets the theme on the element before React runs.
    <html lang="en" className={GeistSans.variable} suppressHydrationWarning>
      <body>
        <noscript>
          <p className="bg-raised p-3 text-center">
            This page needs JavaScript: without it, it shows who was here when it was loaded, and nobody sees
            you. Turn JavaScript on for this site, then reload.
          </p>
        </noscript>
        <ThemeProvider nonce={nonce}>
          <HintProvider>{children}</HintProvider>
        </ThemeProvider>
      </body>
    </html>
  );
}
