import Link from "next/link";
import type { ReactNode } from "react";
import { ThemeSwitch } from "../theme/theme";
import { Logo } from "./logo";

interface PageHeaderProps {
  /** The logo's link and its label. */
  readonly home: { readonly href: string; readonly label: string };
  /** The content after the logo: the room. */
  readonly title: ReactNode;
  /** The content at the right, before the theme switch. */
  readonly children?: ReactNode;
}

/** The bar at the top of every page. */
export function PageHeader({ home, title, children }: PageHeaderProps) {
  return (
    <header className="sticky top-0 z-30 flex h-13 shrink-0 items-center gap-2 border-b border-line bg-surface px-3 sm:px-4">
      <a
        href="#content"
        className="absolute top-2 left-2 z-10 rounded-md bg-accent-fill px-3 py-2 text-[13px] font-medium text-white not-focus:sr-only"
      >
        Skip to the content
      </a>
      <Link href={home.href} className="flex items-center gap-2 rounded-sm font-semibold tracking-tight">
        <Logo />
        <span className="max-sm:sr-only">{home.label}</span>
      </Link>
      <span className="text-line-strong" aria-hidden>
        /
      </span>
      <div className="min-w-0 flex-1">{title}</div>
      {children}
      <ThemeSwitch />
    </header>
  );
}
