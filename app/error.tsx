"use client";

import { CardPage } from "../components/ui/card-page";
import { PRIMARY_BUTTON } from "../components/ui/classes";

/** Shown when a page fails. The server's log has the details under the digest. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <CardPage>
      <h1 className="text-lg font-semibold tracking-tight">This page could not be shown</h1>
      <p className="mt-1 mb-5 text-muted">
        The failure is on our side. Try again; if it stays, tell whoever runs this server
        {digest && (
          <>
            , and give them the code <code className="text-text">{digest}</code>
          </>
        )}
        .
      </p>
      <button type="button" className={PRIMARY_BUTTON} onClick={retry}>
        Try again
      </button>
    </CardPage>
  );
}
