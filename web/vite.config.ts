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
    readAlone("react"),
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
          // What everybody needs first travels in three files: many small ones compress worse, and one alone would keep
          // the browser busy for long, which reads each of them in a task of its own.
          groups: [
            { name: "react", test: /\/node_modules\/(react|react-dom|scheduler)\//, priority: 2 },
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

/** A file of the first load becomes a script of its own, which the browser reads in a task of its own. */
function readAlone(chunk: string): Plugin {
  return {
    name: "read-alone",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html) => {
        const preload = new RegExp(`<link rel="modulepreload" crossorigin href="(/assets/${chunk}-[^"]+)">\\n *`);
        const [whole, file] = preload.exec(html) ?? [];
        if (!whole || !file) throw new Error(`index.html does not preload ${chunk}`);
        const script = `<script type="module" crossorigin src="${file}"></script>\n    `;
        return html.replace(whole, "").replace('<script type="module"', `${script}<script type="module"`);
      },
    },
  };
}

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
