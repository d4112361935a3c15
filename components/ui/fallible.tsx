"use client";

import { Component, type ReactNode } from "react";

interface FallibleProps {
  readonly children: ReactNode;
  /** What to show instead of failed children. */
  readonly fallback: ReactNode;
}

/** Keeps the failure of an inessential part, such as a chart, from breaking the page (BR1). */
export class Fallible extends Component<FallibleProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
