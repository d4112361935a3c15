// Which folder may import which, on resolved paths and type imports included:
// app → components → client → core, and party → server → core. No cycle anywhere.

/** Tests, and what only they use. They may look across. */
const TEST = String.raw`(\.i?test\.tsx?$|/testing/)`;

/** @param {string} folder a regular expression @param {string[]} forbidden */
const keepOut = (folder, forbidden) => ({
  name: `${folder}-imports-too-much`,
  severity: "error",
  from: { path: `^${folder}/`, pathNot: TEST },
  to: { path: `^(${forbidden.join("|")})/` },
});

/** They stand beside the product: nothing of it is made of them. */
const TOOLS = ["e2e", "bench", "scripts", "kit", "examples"];
const ABOVE_SERVER = ["party", "workers", ...TOOLS];
/** The room's state machine, and what was sent to whom: of no use to a client. */
const ROOM = ["core/room", "core/feed"];
const TESTING = "[a-z]+/testing";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    keepOut("core", ["server", "client", "components", "app", TESTING, ...ABOVE_SERVER]),
    keepOut("core/shared", ["core/wire", "core/replica", ...ROOM]),
    keepOut("core/wire", ["core/replica", ...ROOM]),
    keepOut("core/room", ["core/wire", "core/feed", "core/replica"]),
    keepOut("core/feed", ["core/wire", "core/replica"]),
    keepOut("core/replica", ROOM),
    keepOut("server", ["client", "components", "app", TESTING, ...ABOVE_SERVER]),
    keepOut("party", ["workers", "client", "components", "app", TESTING, ...TOOLS]),
    keepOut("workers", ["party", "client", "components", "app", TESTING, ...TOOLS]),
    keepOut("client", ["server", "components", "app", TESTING, ...ROOM, ...ABOVE_SERVER]),
    keepOut("client/page", ["client/connection", "client/client", "client/react"]),
    keepOut("client/connection", ["client/client", "client/react"]),
    keepOut("client/client", ["client/react"]),
    keepOut("components", ["server", "app", TESTING, ...ROOM, ...ABOVE_SERVER]),
    keepOut("app", ["server", TESTING, ...ROOM, ...ABOVE_SERVER]),
    // The package for other apps: the client and the components, without Next.
    keepOut("kit", [
      "server",
      "party",
      "workers",
      "app",
      "e2e",
      "bench",
      "scripts",
      "examples",
      TESTING,
      ...ROOM,
    ]),
    // The simulation's world and its parts refer to each other by type.
    { name: "no-circular", severity: "error", from: { pathNot: "^e2e/simulation/" }, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "product-needs-dev-dependency",
      severity: "error",
      from: { path: "^(core|server|party|client|components|app|kit)/", pathNot: TEST },
      to: { dependencyTypes: ["npm-dev"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "require", "node", "default"],
    },
  },
};
