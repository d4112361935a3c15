import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** A method of an address of docs/openapi.json, as the tests look at it. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly statuses: readonly string[];
  readonly query: readonly string[];
  readonly open: boolean;
}

interface RawOperation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly responses: Readonly<Record<string, RawResponse | { readonly $ref: string }>>;
}
interface RawHeader {
  readonly name: string;
  readonly schema: { readonly pattern?: string };
}
interface RawResponse {
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, object>>;
}
type RawPath = Readonly<Record<string, RawOperation>>;

/** docs/openapi.json itself. */
export const DESCRIPTION = JSON.parse(
  readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf8"),
) as {
  readonly paths: Readonly<Record<string, RawPath>>;
  readonly webhooks: {
    readonly statusChanged: { readonly post: { readonly parameters: readonly RawHeader[] } };
  };
};

const ROOT = "rollcall";
const METHODS = ["get", "head", "post", "put", "patch", "delete", "options"];
// Strict: an unknown keyword, or a property that is required and not described, fails the tests.
const ajv = new Ajv2020({ strict: true, strictRequired: true, allowUnionTypes: true, allErrors: true });
// The description around its schemas is no schema: to ajv its parts are words without a meaning.
ajv.addVocabulary(Object.keys(DESCRIPTION));
ajv.addSchema(DESCRIPTION, ROOT);

/** Every operation of the description. */
export const OPERATIONS: readonly Operation[] = Object.entries(DESCRIPTION.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const parameters = (operation.parameters ?? []).map(
      ({ $ref }) => at($ref) as { in: string; name: string },
    );
    return {
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(operation.responses),
      query: parameters.filter((each) => each.in === "query").map(({ name }) => name),
      open: operation.security?.length === 0,
    };
  }),
);

/**
 * Holds an answer against what the description says of its operation: status, content type, headers, body.
 * Returns the body.
 */
export async function expectDescribed(operationId: string, response: Response): Promise<unknown> {
  const { path, method } = operation(operationId);
  const what = `${operationId} answered ${response.status}`;
  const pointer = `#/paths/${escape(path)}/${method.toLowerCase()}/responses/${response.status}`;
  const text = await response.text();
  const described = at(pointer) as RawResponse | { $ref: string } | undefined;
  expect(described, `${what}, which is not described: ${text}`).toBeDefined();
  const [place, found] =
    described && "$ref" in described
      ? [described.$ref, at(described.$ref) as RawResponse]
      : [pointer, described as RawResponse];
  for (const [name, { $ref }] of Object.entries(found.headers ?? {}))
    expectValid(`${$ref}/schema`, response.headers.get(name), `${what}, ${name}`);
  if (!found.content) {
    expect({ what, text }).toEqual({ what, text: "" });
    return null;
  }
  const type = response.headers.get("content-type")?.split(";", 1)[0] ?? "";
  expect({ what, types: Object.keys(found.content) }).toEqual({ what, types: [type] });
  const body: unknown = type.endsWith("json") ? JSON.parse(text) : text;
  expectValid(`${place}/content/${escape(type)}/schema`, body, what);
  if (!response.ok)
    expect(body).toMatchObject({ status: response.status, title: STATUS_WORDS[response.status] });
  return body;
}

/** Holds a value against one of the description's schemas, given as a pointer into it. */
export function expectValid(pointer: string, value: unknown, what: string): void {
  const validate = ajv.getSchema(`${ROOT}${pointer}`);
  if (!validate) throw new Error(`the description has no ${pointer}`);
  void validate(value);
  expect(validate.errors ?? [], `${what}: ${JSON.stringify(value)?.slice(0, 600)}`).toEqual([]);
}

/** The operation of this id. */
export function operation(operationId: string): Operation {
  const found = OPERATIONS.find((each) => each.operationId === operationId);
  if (!found) throw new Error(`the description has no ${operationId}`);
  return found;
}

/** With `about:blank` a problem's title is its status in RFC 9110's words. */
const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  503: "Service Unavailable",
};

function at(pointer: string): unknown {
  const parts = pointer
    .slice(2)
    .split("/")
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
  return parts.reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], DESCRIPTION);
}

function escape(part: string): string {
  return encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
}
