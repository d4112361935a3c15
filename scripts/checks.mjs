/** The longest first: they run two at a time. @type {import("./steps.mjs").Step[]} */
export const CHECKS = [
  { name: "types", command: "next typegen && tsc" },
  {
    name: "arrows and cycles",
    command: "depcruise app bench client components core e2e kit party scripts server workers",
  },
  { name: "dead code", command: "knip" },
  { name: "lint", command: "oxlint" },
  { name: "format", command: "oxfmt --check" },
];
