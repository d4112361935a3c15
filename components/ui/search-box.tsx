"use client";

import { Search, X } from "lucide-react";
import { useRef } from "react";
import { useShortcut } from "./use-shortcut";

interface SearchBoxProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A field that filters the list below it. The key `/` focuses it. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const field = useRef<HTMLInputElement>(null);

  useShortcut("/", () => field.current?.select());

  return (
    <div className="relative flex-1" role="search">
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
        aria-hidden
      />
      <input
        ref={field}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder="Search"
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-8 pl-8 text-base placeholder:text-muted sm:text-[13px]"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onChange("")}
      />
      {value === "" ? (
        <kbd
          className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 rounded border border-line px-1.5 font-sans text-[11px]/4 text-muted max-sm:hidden"
          aria-hidden
        >
          /
        </kbd>
      ) : (
        <button
          type="button"
          aria-label="Clear the search"
          className="absolute top-1/2 right-1 grid size-6 -translate-y-1/2 place-items-center rounded text-muted hover:text-text"
          onClick={() => {
            onChange("");
            field.current?.focus();
          }}
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </div>
  );
}
