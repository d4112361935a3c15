/** The titles of problems: HTTP's phrases for their statuses. */
const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  426: "Upgrade required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
} as const;

/** An error whose problem document (RFC 9457) is the response. `field` names the invalid part of the request. */
export class Problem extends Error {
  constructor(
    readonly status: keyof typeof TITLES,
    readonly detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly field?: string,
  ) {
    super(detail);
    this.name = "Problem";
  }

  /** The problem document as a response, with these headers in addition. */
  toResponse(headers: Readonly<Record<string, string>> = {}): Response {
    const { status, detail, field } = this;
    return new Response(
      JSON.stringify({ type: "about:blank", status, title: TITLES[status], detail, field }),
      {
        status,
        headers: { ...headers, "content-type": "application/problem+json", ...this.headers },
      },
    );
  }
}
