"use client";

import { Tooltip } from "radix-ui";
import { useState, type ReactElement, type ReactNode } from "react";

/** Lets neighbouring hints open without waiting once one is open. Stands once, around the page. */
export function HintProvider({ children }: { children: ReactNode }) {
  return (
    <Tooltip.Provider delayDuration={250} skipDelayDuration={400}>
      {children}
    </Tooltip.Provider>
  );
}

interface HintProps {
  readonly content: ReactNode;
  /** A button: something that keyboard and touch reach. */
  readonly children: ReactElement;
  readonly side?: "top" | "bottom" | "left" | "right";
  /** False where nobody can ask for it yet: then the button alone is drawn, which costs a fraction. */
  readonly armed?: boolean;
}

/** A tooltip that a tap opens too: phones have no pointer that hovers. */
export function Hint({ content, children, side = "top", armed = true }: HintProps) {
  const [open, setOpen] = useState(false);
  if (!armed) return children;
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger
        asChild
        // Radix closes on both; a tap is the way to open here.
        onPointerDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-[min(22rem,calc(100vw-1rem))] animate-rise rounded-md border border-line-strong bg-raised px-2.5 py-1.5 text-[13px]/[18px] text-text shadow-raised"
        >
          {content}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
