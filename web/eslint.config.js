import { readdirSync } from "node:fs";

import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const slices = readdirSync(new URL("./src/features", import.meta.url));
const inward = { regex: "^\\.\\./", message: "Import through @/, so that the place of a file shows." };
const notApp = { regex: "^@/app/", message: "The flow is lib, components → features → app." };

/** The arrows: lib and components know no feature, a feature knows no other, nothing but app knows app. */
const arrows = [
  {
    files: ["src/lib/**", "src/components/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [inward, notApp, { regex: "^@/features/", message: "Shared code knows no feature." }] },
      ],
    },
  },
  ...slices.map((slice) => ({
    files: [`src/features/${slice}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            inward,
            notApp,
            { regex: `^@/features/(?!${slice}/)`, message: "A feature knows no other; compose them in app/." },
          ],
        },
      ],
    },
  })),
];

export default tseslint.config(
  { ignores: ["dist", "src/app/routeTree.gen.ts", "src/lib/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The router's redirect and notFound are thrown on purpose.
      "@typescript-eslint/only-throw-error": "off",
    },
  },
  { files: ["**/*.tsx", "**/*.ts"], extends: [reactHooks.configs.flat.recommended] },
  { files: ["**/*.{js,mjs}"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  { rules: { "max-lines": ["error", 250], eqeqeq: ["error", "always", { null: "ignore" }], "no-console": "error" } },
  { files: ["scripts/**"], rules: { "no-console": "off" } },
  ...arrows,
);
