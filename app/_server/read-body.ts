import * as v from "valibot";
import { Problem } from "../../core/shared/problem";

/** The longest body that this server reads. */
const MAX_BYTES = 4_096;

/**
 * Refuses a request that announces a longer body, before any of it is read (SE4).
 * @throws {Problem} 413
 */
export function refuseLongBody(headers: Headers): void {
  if (Number(headers.get("content-length") ?? 0) > MAX_BYTES) throw tooLong();
}

/**
 * Reads and validates a JSON body.
 * @throws {Problem} that names what is wrong
 */
export async function readBody<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  // Forms of other sites cannot send this type without a preflight.
  if (!request.headers.get("content-type")?.startsWith("application/json")) {
    throw new Problem(415, "The body must be application/json.");
  }
  const result = v.safeParse(schema, parse(await readText(request)));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new Problem(422, path ? `${path}: ${issue.message}` : issue.message);
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BYTES) throw tooLong();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLong(): Problem {
  return new Problem(413, `The body may have ${MAX_BYTES} bytes.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, "The body is not JSON.");
  }
}
