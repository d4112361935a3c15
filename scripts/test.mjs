// `npm test`: the checks and every test, whatever fails on the way, and one line to close with.
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";

import { CHECKS } from "./checks.mjs";
import { RESULTS, runQuietly, runStep } from "./steps.mjs";

/** @typedef {{ passed: number, failed: string[], skipped: number }} Counts `failed` has the tests' titles */

const VITEST = "node_modules/vitest/vitest.mjs run --reporter=default --reporter=json";
/** @param {string} project @param {string} [more] */
const vitest = (project, more = "") => ({
  name: project,
  command: `node ${VITEST} --project "${project}" ${more}`,
  flag: "--outputFile.json=",
  count: countVitest,
});
/** @typedef {ReturnType<typeof vitest>} Runner */
/** @param {Runner} runner @returns {Runner} */
const onNode24 = (runner) => ({
  ...runner,
  name: `${runner.name} on Node 24`,
  command: runner.command.replace("node ", "node scripts/node-24.mjs "),
});
const wrangler = vitest("integration on wrangler");
// wrangler weighs 200 MB, so it has a package of its own.
wrangler.command = `npm ci --prefix workers --no-audit --no-fund && ${wrangler.command}`;

// Each group's runners run at the same time. Integration tests mostly wait, so both engines fit on two cores. Faults are
// measured, so each engine has the machine to itself.
const GROUPS = [
  [vitest("unit")],
  [vitest("simulation", "--maxWorkers=2")],
  [vitest("integration on partykit"), vitest("integration on workerd")],
  [wrangler, onNode24(vitest("unit"))],
  [onNode24(vitest("integration on partykit", "scripts/start"))],
  [vitest("faults on partykit")],
  [vitest("faults on workerd")],
  [
    {
      name: "e2e",
      command: "node scripts/chromium.mjs && playwright test",
      flag: "",
      count: countPlaywright,
    },
  ],
];

await rm(RESULTS, { recursive: true, force: true });
await mkdir(RESULTS, { recursive: true });

const failedChecks = await runQuietly(CHECKS);
// A check that fails counts as a test that fails: the closing line must not look green.
const total = { passed: 0, skipped: 0 };
const failed = failedChecks.map((name) => `the check ${name}`);
for (const group of GROUPS) await Promise.all(group.map((runner) => run(runner, group.length > 1)));

// Again, because their output is far above.
if (failed.length > 0) console.log(`\nFailed:\n${failed.map((title) => `  ${title}`).join("\n")}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${failed.length} failed${skipped}`);
process.exit(failed.length > 0 ? 1 : 0);

/**
 * Runs tests and adds to the total.
 * @param {typeof GROUPS[number][number]} runner
 * @param {boolean} isOneOfSeveral shows its output at its end, in one piece
 */
async function run({ name, command, flag, count }, isOneOfSeveral) {
  const file = path.join(RESULTS, `${name}.json`);
  let output = `\n— ${name} tests\n`;
  const show = (/** @type {string} */ chunk) => {
    output += chunk;
    if (isOneOfSeveral) return;
    process.stdout.write(output);
    output = "";
  };
  const ok = await runStep({ name, command: flag ? `${command} "${flag}${file}"` : command }, show);
  process.stdout.write(output);
  const counts = count(await readFile(file, "utf8").then(JSON.parse, () => undefined));
  total.passed += counts.passed;
  total.skipped += counts.skipped;
  failed.push(...counts.failed.map((title) => `${name}: ${title}`));
  // A runner can fail without a failed test: a file that does not load, a server that does not start.
  if (!ok && counts.failed.length === 0) failed.push(`${name}: see its output`);
}

/** @param {any} report @returns {Counts} */
function countVitest(report) {
  const tests = (report?.testResults ?? []).flatMap((/** @type {any} */ file) => file.assertionResults);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: tests
      .filter((/** @type {any} */ test) => test.status === "failed")
      .map((/** @type {any} */ test) => test.fullName),
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

/** @param {any} report @returns {Counts} */
function countPlaywright(report) {
  const { expected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {};
  const specsOf = (/** @type {any} */ suite) => [
    ...(suite.specs ?? []),
    ...(suite.suites ?? []).flatMap(specsOf),
  ];
  const specs = (report?.suites ?? []).flatMap(specsOf);
  return {
    passed: expected + flaky,
    failed: specs
      .filter((/** @type {any} */ spec) => !spec.ok)
      .map((/** @type {any} */ spec) => `${spec.file}: ${spec.title}`),
    skipped,
  };
}
