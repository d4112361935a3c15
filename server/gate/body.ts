import { ID_LENGTH, type Limits } from "../../core/shared/limits";
import { Problem } from "../../core/shared/problem";

/** Bytes of JSON that one id may take: as UTF-8, with its quotes and a comma. */
const ID_BYTES = 3 * ID_LENGTH + 3;

/** The bytes that a body may have: the longest that is read names `watchedIds` ids, with some spaces between them. */
export function longestBody({ watchedIds }: Pick<Limits, "watchedIds">): number {
  return watchedIds * ID_BYTES + 1_024;
}

/**
 * Refuses a request that announces a longer body than `maxBytes`, before anything of the body is read (SE4).
 * @throws {Problem} 413
 */
export function refuseLongBody({ headers }: { readonly headers: Headers }, maxBytes: number): void {
  if (Number(headers.get("content-length") ?? 0) > maxBytes) throw tooLong(maxBytes);
}

/**
 * Reads a body of JSON and no more of it than `maxBytes`, also where its length was not announced or not truly (SE4).
 * @returns undefined when it is not JSON
 * @throws {Problem} 413
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  refuseLongBody(request, maxBytes);
  const decoder = new TextDecoder();
  const reader = request.body?.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk?.value) break;
    bytes += chunk.value.byteLength;
    if (bytes > maxBytes) {
      await reader?.cancel();
      throw tooLong(maxBytes);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
  try {
    return JSON.parse(text + decoder.decode());
  } catch {
    return undefined;
  }
}

function tooLong(maxBytes: number): Problem {
  return new Problem(413, `the body may have ${maxBytes} bytes`, { connection: "close" });
}
