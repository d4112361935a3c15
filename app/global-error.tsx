"use client";

import "./globals.css";

/** Shown when the root layout fails. It uses nothing of the app. */
export default function GlobalError({ retry }: { retry: () => void }) {
  return (
    <html lang="en">
      <body className="grid min-h-dvh place-content-center gap-3 p-6 text-center">
        <h1 className="text-lg font-semibold">Rollcall could not be shown</h1>
        <p className="text-muted">The failure is on our side. Try again in a moment.</p>
        <button type="button" className="underline" onClick={retry}>
          Try again
        </button>
      </body>
    </html>
  );
}
