// `npm run build:kit`: the package `@rollcall/react`, and how large it is.
import { buildKit, measureKit, TARBALL } from "./kit.mjs";

await buildKit();
const kilobytes = (/** @type {number} */ bytes) => (bytes / 1_000).toFixed(1);
console.log("| entry | packed, kB | gzip | minified with dependencies, kB | gzip |");
console.log("| --- | --: | --: | --: | --: |");
for (const { entry, packed, packedGzip, loaded, loadedGzip } of await measureKit())
  console.log(`| \`${entry}\` | ${[packed, packedGzip, loaded, loadedGzip].map(kilobytes).join(" | ")} |`);
console.log(`\n${TARBALL}`);
