import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // While you develop, Vite serves the page and the app's own server the rest.
  server: { proxy: { "/api": "http://127.0.0.1:4000" } },
});
