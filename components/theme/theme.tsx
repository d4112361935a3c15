"use client";

import { setNonce } from "get-nonce";
import { Check, Monitor, Moon, Sun } from "lucide-react";
import { ThemeProvider as NextThemeProvider, useTheme } from "next-themes";
import { DropdownMenu } from "radix-ui";
import { useState, type ReactNode } from "react";
import { ICON_BUTTON, MENU, MENU_ITEM } from "../ui/classes";
import { standInForMissing } from "../ui/stand-ins";

// Before anything renders: the frame of every page is in this module.
standInForMissing();

interface ThemeProviderProps {
  /** What the page's script and style elements must carry, if its policy asks for it. */
  readonly nonce: string | null;
  readonly children: ReactNode;
}

/** Light and dark, as the system has it or as the reader chose. The colours follow `color-scheme`. */
export function ThemeProvider({ nonce: given, children }: ThemeProviderProps) {
  // A page that is asked for anew in place brings another nonce, and the document keeps the policy it came with.
  const [nonce] = useState(given);
  useState(() => {
    // Dialogs hold the page still by a style element of their own, for which they look here.
    if (nonce !== null && typeof window !== "undefined") setNonce(nonce);
  });
  return (
    <NextThemeProvider attribute="data-theme" disableTransitionOnChange {...(nonce !== null && { nonce })}>
      {children}
    </NextThemeProvider>
  );
}

const THEMES = [
  { value: "system", label: "As the system", Icon: Monitor },
  { value: "light", label: "Light", Icon: Sun },
  { value: "dark", label: "Dark", Icon: Moon },
] as const;

/** The switch of the theme: a button with a menu. */
export function ThemeSwitch() {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className={ICON_BUTTON} aria-label="Theme">
        {/* Drawn by the stylesheet's own idea of the theme: the server does not know it. */}
        <Sun className="size-4 theme-dark:hidden" aria-hidden />
        <Moon className="hidden size-4 theme-dark:block" aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={MENU} align="end" sideOffset={6}>
          <ThemeChoices />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function ThemeChoices() {
  const { theme = "system", setTheme } = useTheme();
  return (
    <DropdownMenu.RadioGroup value={theme} onValueChange={setTheme}>
      {THEMES.map(({ value, label, Icon }) => (
        <DropdownMenu.RadioItem key={value} value={value} className={MENU_ITEM}>
          <Icon className="size-4 text-muted" aria-hidden />
          <span className="flex-1">{label}</span>
          <DropdownMenu.ItemIndicator>
            <Check className="size-4" aria-hidden />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
