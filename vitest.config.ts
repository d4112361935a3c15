import { defineConfig } from "vitest/config";

/** Tests of a real room server. Each file runs servers of its own, and measures time: one at a time. */
const project = (name: string, engine: string, include: string[]) => ({
  extends: true as const,
  test: {
    name,
    include,
    env: { ROLLCALL_ENGINE: engine },
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
          "server/**/*.itest.ts",
          "scripts/{rooms,open-files}.itest.ts",
          // These start commands and servers of a certain engine themselves.
          ...(engine === "partykit" ? ["{scripts,workers}/**/*.itest.ts"] : []),
        ]),
        project(`faults on ${engine}`, engine, ["e2e/faults/*.itest.ts"]),
      ]),
    ],
  },
});
