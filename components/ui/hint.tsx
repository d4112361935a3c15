"use client";

import { Tooltip } from "radix-ui";
import { useState, type ReactElement, type ReactNode } from "react";

/** Once a hint is open, lets neighbouring hints open without a delay. Use it once, around the page. */
export function HintProvider({ children }: { children: ReactNode }) {
  return (
    <Tooltip.Provider delayDuration={250} skipDelayDuration={400}>
      {children}
    </Tooltip.Provider>
  );
}

interface HintProps {
  readonly content: ReactNode;
  /** A button, which keyboard and touch can reach. */
  readonly children: ReactElement;
  readonly side?: "top" | "bottom" | "left" | "right";
  /** False while nobody can open it. Then only the button is rendered, which is much cheaper. */
  readonly armed?: boolean;
}

/** A tooltip that a tap opens too, because phones cannot hover. */
export function Hint({ content, children, side = "top", armed = true }: HintProps) {
  const [open, setOpen] = useState(false);
  if (!armed) return children;
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger
        asChild
        // Radix closes on both. Here a tap opens it.
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
