"use client";

import { setNonce } from "get-nonce";
import { Check, Monitor, Moon, Sun } from "lucide-react";
import { ThemeProvider as NextThemeProvider, useTheme } from "next-themes";
import { DropdownMenu } from "radix-ui";
import { useState, type ReactNode } from "react";
import { ICON_BUTTON, MENU, MENU_ITEM } from "../ui/classes";
import { standInForMissing } from "../ui/stand-ins";

// Runs before anything renders, because every page's layout imports this module.
standInForMissing();

interface ThemeProviderProps {
  /** The nonce of the page's script and style elements, if its policy needs one. */
  readonly nonce: string | null;
  readonly children: ReactNode;
}

/** Provides the light and the dark theme, by the system or by the reader's choice. Colours follow `color-scheme`. */
export function ThemeProvider({ nonce: given, children }: ThemeProviderProps) {
  // A page that refreshes in place brings a new nonce, but the document keeps its first policy.
  const [nonce] = useState(given);
  useState(() => {
    // Dialogs lock scrolling by a style element, and read its nonce from here.
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

/** The button and menu that switch the theme. */
export function ThemeSwitch() {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className={ICON_BUTTON} aria-label="Theme">
        {/* The stylesheet chooses the icon, because the server does not know the theme. */}
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
