import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const platform = process.env["TRINE_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      routesDirectory: "src/app/routes",
      generatedRouteTree: "src/app/routeTree.gen.ts",
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    tailwindcss(),
    compressed(),
  ],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  server: { proxy: { "/api": platform, "/v1": platform, "/readyz": platform } },
  build: {
    target: "es2023",
    sourcemap: false,
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What everybody needs first travels in two files: many small ones compress worse.
          groups: [
            { name: "index", tags: ["$initial"], priority: 1 },
            { name: "frame", test: /\/src\/app\/(shell\/shell|pages\/(project|dashboard)-page)\.tsx/ },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // jsdom starts slowly where two cores are shared.
    testTimeout: 20_000,
  },
});

/** Writes every asset a second time, compressed, so that the platform need not compress it for each visitor. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved: ({ root, build }) => {
      folder = `${root}/${build.outDir}/${build.assetsDir}`;
    },
    closeBundle: () => {
      for (const name of readdirSync(folder).filter((each) => /\.(js|css|svg)$/.test(each))) {
        writeFileSync(`${folder}/${name}.gz`, gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }));
      }
    },
  };
}
