// `npm run docs:reference`: writes docs/reference.md from the docstrings of the kit's public names.
import { writeFile } from "node:fs/promises";

import { REFERENCE, renderReference } from "./reference/page.mjs";

await writeFile(REFERENCE, await renderReference());
