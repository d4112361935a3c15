import { reportMissing } from "../../client/page/report";

/**
 * Replaces browser features that the app's libraries need and a browser may lack. Without them the libraries throw
 * during rendering, and the page stays empty (BR1). The kit needs none of them. Does nothing on servers.
 */
export function standInForMissing(): void {
  if (typeof window === "undefined") return;
  if (!knowsMediaQueries()) {
    reportMissing(
      "This browser does not support media queries: the page is light, and its sections start folded.",
    );
    window.matchMedia = (media) => new NoMatch(media);
  }
  if (typeof window.ResizeObserver !== "function") {
    reportMissing("This browser has no ResizeObserver: charts and menus follow only the window's size.");
    window.ResizeObserver = WindowResizeObserver;
  }
}

/** Some browsers return null, as Firefox did in hidden frames. */
function knowsMediaQueries(): boolean {
  try {
    return typeof window.matchMedia("all").addEventListener === "function";
  } catch {
    return false;
  }
}

/** A media query that never matches. */
class NoMatch extends EventTarget {
  readonly matches = false;
  readonly onchange = null;
  constructor(readonly media: string) {
    super();
  }
  addListener(): void {}
  removeListener(): void {}
}

/** Reports an element's size once at the start, and after each change of the window's size. */
class WindowResizeObserver implements ResizeObserver {
  readonly #elements = new Set<Element>();
  readonly #tell = (): void => {
    const entries = Array.from(this.#elements, (target) => ({
      target,
      contentRect: target.getBoundingClientRect(),
    }));
    if (entries.length > 0) this.callback(entries as unknown as ResizeObserverEntry[], this);
  };

  constructor(readonly callback: ResizeObserverCallback) {}

  observe(element: Element): void {
    if (this.#elements.size === 0) window.addEventListener("resize", this.#tell);
    this.#elements.add(element);
    queueMicrotask(this.#tell);
  }
  unobserve(element: Element): void {
    this.#elements.delete(element);
    if (this.#elements.size === 0) window.removeEventListener("resize", this.#tell);
  }
  disconnect(): void {
    for (const element of Array.from(this.#elements)) this.unobserve(element);
  }
}
