import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** A command of docs/api.md, and what the page shows as its answer. */
export interface Example {
  readonly command: string;
  readonly answer: string;
  readonly language: string;
}

const BLOCK = /^```(\w+)\n(.*?)^```$/gms;

/** What docs/api.md has in fences. */
export interface ApiPage {
  /** What every example begins with. */
  readonly setup: string;
  readonly examples: readonly Example[];
  /** A receiver of webhooks, and a message to it. */
  readonly receiver: string;
  readonly message: string;
}

/** Reads docs/api.md. @throws when a command is shown without its answer. */
export function readApiPage(): ApiPage {
  const page = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(BLOCK)].map(([, language = "", text = ""]) => ({ language, text }));
  const [setup, ...rest] = blocks;
  const examples = rest.flatMap(({ language, text }, index) => {
    if (language !== "sh") return [];
    const after = rest[index + 1];
    if (after?.language !== "json" && after?.language !== "text")
      throw new Error(`no answer is shown after: ${text}`);
    return [{ command: text.trim(), answer: after.text, language: after.language }];
  });
  const at = rest.findIndex(({ language }) => language === "js");
  return {
    setup: setup?.text ?? "",
    examples,
    receiver: rest[at]?.text ?? "",
    message: rest[at + 1]?.text ?? "",
  };
}

/** Runs a command of the page as its reader would. */
export async function runExample(
  setup: string,
  { command }: Example,
  surroundings: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const script = `set -euo pipefail\n${setup}${command}`;
  const { stdout } = await promisify(execFile)("bash", ["-c", script], {
    cwd: surroundings.cwd,
    env: { PATH: process.env["PATH"] ?? "", ...surroundings.env } as unknown as NodeJS.ProcessEnv,
    timeout: 20_000,
  });
  return stdout;
}

/** A value with types in place of what it holds; of a list, each of the shapes in it once. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((each) => [JSON.stringify(shapeOf(each)), shapeOf(each)]));
    return [...shapes.entries()].toSorted(([a], [b]) => a.localeCompare(b)).map(([, shape]) => shape);
  }
  if (value === null) return null;
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part)]));
}
