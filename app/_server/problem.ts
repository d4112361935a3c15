/** A problem document (RFC 9457). Routes throw it, and `mutation()` sends it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = "Problem";
  }

  /** The problem as a response. */
  toResponse(): Response {
    const { status, title, detail } = this;
    return new Response(JSON.stringify({ type: "about:blank", title, status, detail }), {
      status,
      headers: { ...this.headers, "Content-Type": "application/problem+json" },
    });
  }
}
