import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // During development Vite serves the page, and the app's own server answers /api.
  server: { proxy: { "/api": "http://127.0.0.1:4000" } },
});
