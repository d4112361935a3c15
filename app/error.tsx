"use client";

import { CardMessage } from "../components/ui/card-page";
import { PRIMARY_BUTTON } from "../components/ui/classes";

/** Shown when a page fails. The server's log has the details under the digest. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <CardMessage
      title="This page could not be shown"
      text={
        <>
          The failure is on our side. Try again; if it stays, tell whoever runs this server
          {digest && (
            <>
              , and give them the code <code className="text-text">{digest}</code>
            </>
          )}
          .
        </>
      }
    >
      <button type="button" className={PRIMARY_BUTTON} onClick={retry}>
        Try again
      </button>
    </CardMessage>
  );
}
