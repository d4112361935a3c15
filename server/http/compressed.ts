const COMPRESSIBLE = /^(application\/(problem\+)?json|text\/(plain|csv))\b/;

/**
 * Compresses a response as gzip if the client accepts it. Lists and histories shrink to a tenth. The runtime
 * compresses.
 */
export function compressed(
  request: { readonly headers: { get(name: string): string | null } },
  answer: Response,
): Response {
  const { headers } = answer;
  if (!answer.body || !COMPRESSIBLE.test(headers.get("content-type") ?? "")) return answer;
  if (!takesGzip(request.headers.get("accept-encoding"))) return answer;
  const packed = new Response(answer.body, answer);
  packed.headers.set("content-encoding", "gzip");
  packed.headers.append("vary", "accept-encoding");
  return packed;
}

/** Whether an Accept-Encoding header accepts gzip. */
export function takesGzip(accepted: string | null): boolean {
  const weights = new Map<string, number>();
  for (const element of (accepted ?? "").toLowerCase().split(",")) {
    const [coding = "", ...params] = element.split(";").map((part) => part.trim());
    const weight = params.find((param) => param.startsWith("q="))?.slice(2) ?? "1";
    weights.set(coding, Number(weight));
  }
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
