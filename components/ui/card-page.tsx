import type { ReactNode } from "react";
import { ThemeSwitch } from "../theme/theme";
import { Logo } from "./logo";

/** A page with one small card: a sign-in, a choice of rooms, an error. */
export function CardPage({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-13 items-center justify-between px-3 sm:px-4">
        <span className="flex items-center gap-2 font-semibold tracking-tight">
          <Logo />
          Rollcall
        </span>
        <ThemeSwitch />
      </header>
      <main className="grid flex-1 place-items-center px-4 pt-4 pb-[18vh]">
        <div className="w-full max-w-sm rounded-xl border border-line bg-surface p-6 shadow-raised">
          {children}
        </div>
      </main>
    </div>
  );
}

/** A card with a message, and what to do below it. */
export function CardMessage({
  title,
  text,
  children,
}: {
  title: string;
  text: ReactNode;
  children?: ReactNode;
}) {
  return (
    <CardPage>
      <h1 className="text-lg font-semibold tracking-tight wrap-anywhere">{title}</h1>
      <div className="mt-1 mb-5 text-muted">{text}</div>
      {children}
    </CardPage>
  );
}
