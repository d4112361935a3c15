"use client";

import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
import { useServerNow } from "../../client/react/react";
import { reportMissing } from "../../client/page/report";
import { clockNow, subscribeToClock } from "./clock";
import { languageTag, type Conventions } from "./format-time";

const ServerNow = createContext<(() => number) | null>(null);

/**
 * Corrects every time below it for the offset of this machine's clock (SY5), where no presence provider does.
 * `now` is the server's time.
 */
export function ServerClock({ now, children }: { now: () => number; children: ReactNode }) {
  return <ServerNow value={now}>{children}</ServerNow>;
}

/**
 * A text that changes with time. The component renders again when the text differs, not at each tick.
 * Empty on the server, which knows neither the reader's clock nor their time zone.
 */
export function useTimeText(format: (now: number, conventions: Conventions) => string): string {
  const presenceNow = useServerNow();
  const serverNow = useContext(ServerNow) ?? presenceNow;
  const text = () => format(clockNow() + serverNow() - Date.now(), readerConventions());
  return useSyncExternalStore(subscribeToClock, text, () => "");
}

/** How the reader writes time and numbers; on the server, which does not know, as anybody might. */
export function useConventions(): Conventions {
  return useSyncExternalStore(neverChange, readerConventions, () => ANYBODY);
}

const ANYBODY: Conventions = { locale: "en", timeZone: "UTC" };

const neverChange = () => () => {};

let conventions: Conventions | undefined;

/** The reader's locale and time zone, as the browser says, and as anybody's where it says nothing of use (BR1). */
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
  reportMissing("This browser does not name its language: times are written in international English.");
  return ANYBODY.locale;
}

/** What is no time zone is left to the formatters, which then take the machine's. */
function readTimeZone(): string {
  try {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    new Intl.DateTimeFormat("en", { timeZone });
    if (timeZone) return timeZone;
  } catch {
    // Reported below.
  }
  reportMissing("This browser does not name its time zone: times are shown as this machine has them.");
  return "";
}
