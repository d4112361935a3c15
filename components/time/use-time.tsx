"use client";

import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
import { useServerNow } from "../../client/react/react";
import { reportMissing } from "../../client/page/report";
import { clockNow, subscribeToClock } from "./clock";
import { languageTag, type Conventions } from "./format-time";

const ServerNow = createContext<(() => number) | null>(null);

/**
 * Corrects all times in its children for the offset of this machine's clock (SY5), outside a presence provider. `now`
 * is the server's time.
 */
export function ServerClock({ now, children }: { now: () => number; children: ReactNode }) {
  return <ServerNow value={now}>{children}</ServerNow>;
}

/**
 * A text that changes with time. The component renders again when the text changes, not at each tick. It is empty on
 * the server, which does not know the reader's clock and time zone.
 */
export function useTimeText(format: (now: number, conventions: Conventions) => string): string {
  const presenceNow = useServerNow();
  const serverNow = useContext(ServerNow) ?? presenceNow;
  const text = () => format(clockNow() + serverNow() - Date.now(), readerConventions());
  return useSyncExternalStore(subscribeToClock, text, () => "");
}

/** The reader's locale and time zone; defaults on the server. */
export function useConventions(): Conventions {
  return useSyncExternalStore(neverChange, readerConventions, () => ANYBODY);
}

const ANYBODY: Conventions = { locale: "en", timeZone: "UTC" };

const neverChange = () => () => {};

let conventions: Conventions | undefined;

/** The locale and time zone that the browser reports, or defaults if it reports nothing useful (BR1). */
function readerConventions(): Conventions {
  conventions ??= { locale: readLocale(), timeZone: readTimeZone() };
  return conventions;
}

function readLocale(): string {
  try {
    const named: unknown[] = [navigator.language, ...(navigator.languages ?? [])];
    for (const each of named) {
      const tag = languageTag(each);
      if (tag !== null) return tag;
    }
  } catch {
    // Reported below.
  }
  reportMissing("This browser does not report its language: times are written in international English.");
  return ANYBODY.locale;
}

/** An invalid time zone is passed on. The formatters then use the machine's. */
function readTimeZone(): string {
  try {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    new Intl.DateTimeFormat("en", { timeZone });
    if (timeZone) return timeZone;
  } catch {
    // Reported below.
  }
  reportMissing("This browser does not report its time zone: times use this machine's time zone.");
  return "";
}
