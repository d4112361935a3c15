import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
  readonly at: Date;
}

/** A bucket in memory, with as much of S3's API as workerd's cluster uses: conditional writes, ranges and lists. */
export class Bucket {
  readonly #objects = new Map<string, Stored>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  /** Writes so far, by the first part of the key below the prefix. */
  readonly writes = new Map<string, number>();
  /** Answers every request with this status, if it is set. */
  refusesWith: number | null = null;

  static async open(): Promise<Bucket> {
    const bucket = new Bucket();
    bucket.#server.listen(0, "127.0.0.1");
    await once(bucket.#server, "listening");
    return bucket;
  }

  /** The environment of a program that is to use it as `s3://bucket/…`. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      AWS_REGION: "auto",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? "/", "http://bucket");
    const key = decodeURIComponent(url.pathname).replace(/^\/bucket\/?/, "");
    if (this.refusesWith !== null) return fail(response, this.refusesWith, "AccessDenied");
    if (request.method === "GET" && key === "") return this.#list(url.searchParams, response);
    if (request.method === "POST" && url.searchParams.has("delete")) return this.#deleteMany(body, response);
    switch (request.method) {
      case "PUT":
        return this.#put(key, body, request, response);
      case "GET":
      case "HEAD":
        return this.#get(key, request, response);
      case "DELETE":
        this.#objects.delete(key);
        response.writeHead(204).end();
        return;
      default:
        return fail(response, 405, "MethodNotAllowed");
    }
  }

  #put(key: string, body: Buffer, { headers }: IncomingMessage, response: ServerResponse): void {
    const old = this.#objects.get(key);
    const isExpected =
      (headers["if-none-match"] !== "*" || old === undefined) &&
      (headers["if-match"] === undefined || headers["if-match"] === old?.etag);
    if (!isExpected) return fail(response, 412, "PreconditionFailed");
    const etag = `"${createHash("md5").update(body).update(String(Math.random())).digest("hex")}"`;
    this.#objects.set(key, { body, etag, at: new Date() });
    const kind = key.split("/")[1] ?? "";
    this.writes.set(kind, (this.writes.get(kind) ?? 0) + 1);
    response.writeHead(200, { etag }).end();
  }

  #get(key: string, { headers, method }: IncomingMessage, response: ServerResponse): void {
    const found = this.#objects.get(key);
    if (!found) return fail(response, 404, "NoSuchKey");
    const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "") ?? [];
    const isRange = headers.range !== undefined;
    const start = from === "" && isRange ? Math.max(0, found.body.length - Number(to)) : Number(from);
    const end = from === "" || to === "" ? found.body.length : Math.min(found.body.length, Number(to) + 1);
    const part = isRange ? found.body.subarray(start, end) : found.body;
    response.writeHead(isRange ? 206 : 200, {
      etag: found.etag,
      "last-modified": found.at.toUTCString(),
      "content-length": part.length,
      ...(isRange && { "content-range": `bytes ${start}-${end - 1}/${found.body.length}` }),
    });
    response.end(method === "HEAD" ? undefined : part);
  }

  #list(params: URLSearchParams, response: ServerResponse): void {
    const prefix = params.get("prefix") ?? "";
    const after = params.get("continuation-token") ?? params.get("start-after") ?? "";
    const most = Number(params.get("max-keys") ?? 1_000);
    const delimiter = params.get("delimiter");
    const entries = new Map<string, string>();
    for (const key of [...this.#objects.keys()].toSorted()) {
      if (!key.startsWith(prefix) || key <= after) continue;
      const rest = key.slice(prefix.length);
      const cut = delimiter ? rest.indexOf(delimiter) : -1;
      const { body, etag, at } = this.#objects.get(key) as Stored;
      if (cut === -1)
        entries.set(
          key,
          `<Contents><Key>${key}</Key><LastModified>${at.toISOString()}</LastModified><ETag>${etag.replaceAll('"', "&quot;")}</ETag><Size>${body.length}</Size></Contents>`,
        );
      else {
        const common = prefix + rest.slice(0, cut + 1);
        entries.set(common, `<CommonPrefixes><Prefix>${common}</Prefix></CommonPrefixes>`);
      }
    }
    const page = [...entries].slice(0, most);
    const next =
      entries.size > most ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : "";
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(
      `<?xml version="1.0"?><ListBucketResult><Name>bucket</Name><Prefix>${prefix}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${entries.size > most}</IsTruncated>${next}${page.map(([, xml]) => xml).join("")}</ListBucketResult>`,
    );
  }

  #deleteMany(body: Buffer, response: ServerResponse): void {
    const keys = [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
    for (const key of keys) this.#objects.delete(key);
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(
      `<DeleteResult>${keys.map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join("")}</DeleteResult>`,
    );
  }
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
