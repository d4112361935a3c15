import path from "node:path";

import { ROOT } from "../steps.mjs";
import { readPublicNames } from "./public-names.mjs";

/** @typedef {import("./public-names.mjs").PublicName} PublicName */

/** The file of the page. */
export const REFERENCE = path.join(ROOT, "docs/reference.md");

/** @type {{ title: string, kind: PublicName["kind"] }[]} */
const SECTIONS = [
  { title: "Components", kind: "component" },
  { title: "Hooks", kind: "hook" },
  { title: "Functions", kind: "function" },
  { title: "Errors", kind: "error" },
  { title: "Types", kind: "type" },
];

/** Writes the page of all public names from the sources. */
export async function renderReference() {
  const names = await readPublicNames();
  const sections = SECTIONS.map(({ title, kind }) => ({
    title,
    names: names.filter((each) => each.kind === kind).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }));
  return [
    "# The kit's reference",
    "Every public name of `@rollcall/react`: what it does, what it takes and what it throws. How to begin is in " +
      "[quick-start.md](quick-start.md), how the package is made in [kit.md](kit.md); rules in parentheses, such as " +
      "(SY6), are in [spec.md](spec.md). This page is made from the docstrings by `npm run docs:reference`: change " +
      "those, not this.",
    sections.map(({ title, names }) => `- **${title}:** ${names.map(linkTo).join(", ")}`).join("\n"),
    ...sections.flatMap(({ title, names }) => [`## ${title}`, ...names.flatMap(articleOf)]),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

/** @param {PublicName} each */
const linkTo = ({ name }) => `[\`${name}\`](#${name.toLowerCase()})`;

/** @param {PublicName} each */
function articleOf({ name, entries, doc, signature }) {
  const [text = "", ...throws] = doc.split("@throws");
  return [
    `### ${name}`,
    `From ${entries.map((entry) => `\`${entry}\``).join(" and ")}.`,
    paragraphs(text),
    ...throws.map(
      (each) =>
        `*Throws* ${each
          .trim()
          .replaceAll(/\s+/g, " ")
          .replace(/^\{(\w+)\}/, "`$1`")}`,
    ),
    `\`\`\`ts\n${signature}\n\`\`\``,
  ];
}

/** A docstring's lines are broken where they are long, not where a paragraph ends. @param {string} text */
function paragraphs(text) {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, " "))
    .join("\n\n");
}
