// `npm run bench:first-load`: how much JavaScript each page of the built app loads, as gzip sends it.
import { gzipSync } from "node:zlib";

import { openBuiltApp } from "./lib/built-app.mjs";
import { markdown } from "./lib/tables.mjs";

const PAGES = {
  "/": "/",
  "/rooms/[room]": "/rooms/lobby",
  "/admin": "/admin",
  "/admin/rooms/[room]": "/admin/rooms/lobby",
};

const app = await openBuiltApp();
try {
  const rows = [["page", "first load, KB", "scripts"]];
  for (const [name, address] of Object.entries(PAGES)) {
    const bytes = await load(address);
    rows.push([name, kilobytes(bytes), String(bytes.length)]);
  }
  console.log(markdown(rows));
} finally {
  await app.stop();
}

/** @param {string} address @returns {Promise<number[]>} bytes of each script */
async function load(address) {
  const page = await app.adminPage();
  /** @type {Promise<{ url: string, bytes: number }>[]} */
  const scripts = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    scripts.push(response.body().then((body) => ({ url: response.url(), bytes: gzipSync(body).length })));
  });
  const answer = await page.goto(address, { waitUntil: "networkidle" });
  // What stands in the page itself is what its reader waits for; other parts come when they are shown.
  const html = (await answer?.text()) ?? "";
  const inPage = (/** @type {string} */ url) => html.includes(`src="${new URL(url).pathname}"`);
  const loaded = await Promise.all(scripts);
  await page.context().close();
  return loaded.filter(({ url }) => inPage(url)).map(({ bytes }) => bytes);
}

/** @param {number[]} bytes */
function kilobytes(bytes) {
  return (bytes.reduce((sum, each) => sum + each, 0) / 1_000).toFixed(1);
}
