import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseSync } from "oxc-parser";

import { ROOT } from "../steps.mjs";

/** The package's entries, and their source files. */
const ENTRIES = {
  "@rollcall/react": "kit/react.ts",
  "@rollcall/react/client": "kit/client.ts",
  "@rollcall/react/server": "kit/server.ts",
};

/**
 * A public name of the kit.
 * @typedef {object} PublicName
 * @property {string} name
 * @property {"component" | "hook" | "function" | "error" | "type"} kind
 * @property {string[]} entries where it may be imported from
 * @property {string} file where it is declared
 * @property {string} doc the docstring, empty where there is none
 * @property {string} signature the declaration without what is inside of its functions
 * @property {string[]} needs other names of the project that the signature uses
 */

/** @returns {Promise<PublicName[]>} in the order in which the entries name them */
export async function readPublicNames() {
  /** @type {Map<string, PublicName>} */
  const names = new Map();
  for (const [entry, entryFile] of Object.entries(ENTRIES)) {
    for (const { name, file } of await reExports(entryFile)) {
      const known = names.get(name);
      if (known && known.file !== file) throw new Error(`${name} is public twice: ${known.file}, ${file}`);
      if (known) known.entries.push(entry);
      else names.set(name, { ...(await describe(file, name)), entries: [entry] });
    }
  }
  return [...names.values()];
}

/** What a file hands on, by name or whole. @param {string} from @returns {Promise<{ name: string, file: string }[]>} */
async function reExports(from) {
  const found = [];
  for (const { type, source, specifiers } of /** @type {any[]} */ ((await parse(from)).program.body)) {
    if (!source || !type.startsWith("Export")) continue;
    const file = await resolve(path.join(path.dirname(from), source.value));
    if (type === "ExportAllDeclaration") found.push(...(await reExports(file)));
    else for (const { local } of specifiers) found.push({ name: local.name, file });
  }
  return found;
}

/** @param {string} file */
async function parse(file) {
  const text = await readFile(path.join(ROOT, file), "utf8");
  const { program, comments } = parseSync(file, text);
  return { text, program, comments };
}

/** @param {string} module */
async function resolve(module) {
  for (const file of [`${module}.ts`, `${module}.tsx`])
    if (await readFile(path.join(ROOT, file)).catch(() => null)) return file;
  throw new Error(`There is no ${module}.ts or .tsx`);
}

/** @param {string} file @param {string} name @returns {Promise<Omit<PublicName, "entries">>} */
async function describe(file, name) {
  const { text, program, comments } = await parse(file);
  const body = /** @type {any[]} */ (program.body);
  const exported = body.find(({ type, declaration }) => {
    return type === "ExportNamedDeclaration" && declaration?.id?.name === name;
  });
  if (!exported)
    throw new Error(`${file} does not declare ${name}: let the kit's entry name the file that does`);
  const { declaration } = exported;
  const isDoc = (/** @type {any} */ comment) => comment.type === "Block" && comment.value.startsWith("*");
  /** @param {any} node */
  const docOf = (node) =>
    comments.findLast(
      ({ end, ...comment }) =>
        isDoc(comment) && end <= node.start && text.slice(end, node.start).trim() === "",
    );
  const internal = membersOf(declaration).flatMap((member) => {
    const doc = docOf(member);
    return doc?.value.includes("@internal") ? [{ start: doc.start, end: member.end }] : [];
  });
  return {
    name,
    kind: kindOf(declaration, name),
    file,
    doc: tidy(docOf(exported)?.value ?? ""),
    signature: signatureOf(text, declaration, internal),
    needs: needsOf(declaration, internal, ownNames(body)),
  };
}

/** @param {any} declaration @returns {any[]} */
function membersOf(declaration) {
  return declaration.type === "TSInterfaceDeclaration" ? declaration.body.body : [];
}

/** @param {any} declaration @param {string} name @returns {PublicName["kind"]} */
function kindOf(declaration, name) {
  if (declaration.type === "ClassDeclaration") return "error";
  if (declaration.type !== "FunctionDeclaration") return "type";
  if (/^use[A-Z]/.test(name)) return "hook";
  return /^[A-Z]/.test(name) ? "component" : "function";
}

/** A comment's text without its stars. @param {string} comment */
function tidy(comment) {
  return comment.replaceAll(/^\s*\*+ ?/gm, "").trim();
}

/** @param {string} text @param {any} declaration @param {{ start: number, end: number }[]} left out of it */
function signatureOf(text, declaration, left) {
  const cuts = [...left];
  walk(declaration, (node) => {
    if (node.type === "BlockStatement") cuts.push(node);
  });
  // A destructured parameter is internal. Show its type.
  const given = declaration.params?.find((/** @type {any} */ { type }) => type === "ObjectPattern");
  if (given) cuts.push({ start: given.start, end: given.typeAnnotation.start });
  let signature = "";
  let at = declaration.start;
  for (const cut of cuts.toSorted((a, b) => a.start - b.start)) {
    if (cut.start < at) continue;
    signature += text.slice(at, cut.start).trimEnd();
    if (given && cut.start === given.start) signature += "props";
    at = cut.end;
  }
  return (signature + text.slice(at, declaration.end)).replaceAll(/\n\s*;/g, "").trim();
}

/** What a file declares itself or imports from the project. @param {any[]} body */
function ownNames(body) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const { type, source, specifiers, declaration, id } of body) {
    const declared = declaration?.id?.name ?? id?.name;
    if (declared) names.add(declared);
    if (type === "ImportDeclaration" && source.value.startsWith("."))
      for (const { local } of specifiers) names.add(local.name);
  }
  return names;
}

/** @param {any} declaration @param {{ start: number, end: number }[]} left @param {Set<string>} own */
function needsOf(declaration, left, own) {
  /** @type {Set<string>} */
  const needs = new Set();
  walk(declaration, (node) => {
    if (left.some(({ start, end }) => node.start >= start && node.end <= end)) return false;
    if (node.type === "BlockStatement") return false;
    const name =
      node.typeName?.name ?? (node.type === "TSInterfaceHeritage" ? node.expression?.name : undefined);
    if (name && name !== declaration.id.name && own.has(name)) needs.add(name);
    return true;
  });
  return [...needs];
}

/** @param {any} node @param {(node: any) => boolean | void} visit stops above what it answers `false` to */
function walk(node, visit) {
  if (typeof node !== "object" || node === null) return;
  if (typeof node.type === "string" && visit(node) === false) return;
  for (const child of Object.values(node)) walk(child, visit);
}
