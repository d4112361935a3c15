"use client";

import { Component, type ReactNode } from "react";

interface FallibleProps {
  readonly children: ReactNode;
  /** What is shown in the place of children that failed. */
  readonly fallback: ReactNode;
}

/** Keeps a failure of what is not essential, such as a drawing, from taking the page with it (BR1). */
export class Fallible extends Component<FallibleProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
