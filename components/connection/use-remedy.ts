"use client";

import { useRouter } from "next/navigation";
import { usePresenceClient } from "../../client/react";
import type { Remedy } from "./connection-words";

/** Does what a connection's trouble asks for. `refresh` shows the page anew as the server now knows its reader. */
export function useRemedy(refresh: () => void, elsewhere = "/"): (remedy: Remedy) => void {
  const client = usePresenceClient();
  const router = useRouter();
  return (remedy) => {
    switch (remedy) {
      case "reconnect":
        client.reconnect();
        break;
      case "reload":
        window.location.reload();
        break;
      case "signIn":
        refresh();
        client.reconnect();
        break;
      case "leave":
        router.push(elsewhere);
        break;
      default:
        remedy satisfies never;
    }
  };
}
