import { readFile } from "node:fs/promises";
import path from "node:path";

import { ROOT } from "../steps.mjs";

/**
 * The files of a guide: its code blocks whose title is a file name.
 * @param {string} guide relative to the project
 * @returns {Promise<Map<string, string>>} contents by file
 */
export async function readGuide(guide) {
  const markdown = await readFile(path.join(ROOT, guide), "utf8");
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const [, title = "", content = ""] of markdown.matchAll(/^```\w+ title="([^"]+)"\n([^]*?)^```$/gm)) {
    if (files.has(title)) throw new Error(`${guide} shows ${title} twice`);
    files.set(title, content);
  }
  return files;
}
