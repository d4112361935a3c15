import { defineConfig } from "vitest/config";

/** Tests of a real room server. Each file runs servers of its own, and measures time: one at a time. */
const project = (name: string, engine: string, include: string[]) => ({
  extends: true as const,
  test: {
    name,
    include,
    env: { ROLLCALL_TEST_ENGINE: engine },
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{core,server,client,components,app,party,scripts,workers}/**/*.test.{ts,tsx}"],
          // For the properties, which try much, on a machine that is busy.
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "simulation",
          include: ["e2e/simulation/*.test.ts"],
        },
      },
      // The rooms run on two engines, and every test of theirs runs on both.
      ...(["partykit", "workerd"] as const).flatMap((engine) => [
        project(`integration on ${engine}`, engine, [
          "{server,client}/**/*.itest.ts",
          "scripts/{rooms,open-files,several}.itest.ts",
          // These start commands and servers of a certain engine themselves.
          ...(engine === "partykit" ? ["scripts/**/*.itest.ts", "workers/{migration,cluster}.itest.ts"] : []),
        ]),
        project(`faults on ${engine}`, engine, ["e2e/faults/*.itest.ts"]),
      ]),
      // Cloudflare's development server: what does not look into files, hang the runtime or take minutes.
      project("integration on wrangler", "wrangler", [
        "server/{choices,room,spec-client,webhooks,wire}.itest.ts",
        "server/gate/{edge,identity,limits}.itest.ts",
        "server/http/{api,names,openapi}.itest.ts",
        "server/fanout/scope.itest.ts",
        "workers/wrangler.itest.ts",
      ]),
    ],
  },
});
