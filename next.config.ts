import path from "node:path";
import { fileURLToPath } from "node:url";

import type { NextConfig } from "next";

// Headers that are the same for every response. proxy.ts sets the others, such as the Content-Security-Policy.
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  // Paths contain ids of rooms and users, which other sites must not get.
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
];

const config: NextConfig = {
  // For containers: a server with only the files that it needs. `next start` does not serve such a build.
  ...(process.env["ROLLCALL_STANDALONE"] === "on" && { output: "standalone" as const }),
  reactStrictMode: true,
  poweredByHeader: false,
  // With redirects `users/..` would become the room, and a client would repeat its DELETE there (NM2).
  skipTrailingSlashRedirect: true,
  // Otherwise Next uses the outermost folder with a lockfile as the project.
  turbopack: { root: path.dirname(fileURLToPath(import.meta.url)) },
  // `npm run check` checks the types. The start need not wait for that.
  typescript: { ignoreBuildErrors: true },
  // Next buffers the body of every request for proxy.ts, by default up to 10 MB. No route reads more than 4 KB.
  experimental: { proxyClientMaxBodySize: "16kb" },
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
