import path from "node:path";
import { fileURLToPath } from "node:url";

import type { NextConfig } from "next";

// What is the same for every answer. What differs, such as the Content-Security-Policy, is in proxy.ts.
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  // Ids of rooms and users stand in paths: they are nobody else's business.
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
];

const config: NextConfig = {
  // For a container: a server with just the files that it needs. `next start` does not serve such a build.
  ...(process.env["ROLLCALL_STANDALONE"] === "on" && { output: "standalone" as const }),
  reactStrictMode: true,
  poweredByHeader: false,
  // With it «users/..» would become the room, and a client would repeat its DELETE there (NM2).
  skipTrailingSlashRedirect: true,
  // Without it Next takes the outermost folder with a lockfile for the project.
  turbopack: { root: path.dirname(fileURLToPath(import.meta.url)) },
  // `npm run check` judges the types; whoever starts the app need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // Next keeps the body of every request for proxy.ts, 10 MB of it unless told; no route reads more than 4 KB.
  experimental: { proxyClientMaxBodySize: "16kb" },
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
