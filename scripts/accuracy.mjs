// `npm run accuracy`: how long it takes until others see that somebody is gone, and how often somebody is
// shown offline who is there. The measurement itself is TypeScript, since it drives the product's client.
import { pathToFileURL } from "node:url";

import { bundle } from "./bundle.mjs";

await import(pathToFileURL(await bundle("scripts/accuracy/main.ts")).href);
