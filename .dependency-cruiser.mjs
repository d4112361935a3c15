// The arrows again, on resolved paths: app → components → client → core ← party. The linter
// (.oxlintrc.json) reads the text of an import as it is typed; this sees where it leads. Cycles are the
// linter's: with this parser every import looks like one of values, and types alone may go round.
// Tests, and what only they use.
const TEST = String.raw`(\.i?test\.tsx?$|/testing[-/])`;
/** @param {string} folder @param {string[]} forbidden */
const keepOut = (folder, forbidden) => ({
  name: `${folder}-knows-too-much`,
  severity: "error",
  from: { path: `^${folder}/`, pathNot: TEST },
  to: { path: `^(${forbidden.join("|")})/` },
});
// What stands beside the app: nothing of the product is made of it.
const TOOLS = ["e2e", "bench", "scripts", "kit", "examples"];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    keepOut("core", ["party", "client", "components", "app", ...TOOLS]),
    keepOut("party", ["client", "components", "app", ...TOOLS]),
    keepOut("client", ["party", "components", "app", ...TOOLS]),
    keepOut("components", ["party", "app", ...TOOLS]),
    keepOut("app", ["party", ...TOOLS]),
    // The package for other apps: the client and the components, without Next.
    keepOut("kit", ["party", "app", "e2e", "bench", "scripts", "examples"]),
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "product-needs-dev-dependency",
      severity: "error",
      from: { path: "^(core|party|client|components|app|kit)/", pathNot: TEST },
      to: { dependencyTypes: ["npm-dev"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Imports of types point the same way.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "require", "node", "default"],
    },
  },
};
