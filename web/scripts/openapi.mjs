// Generates src/lib/api/schema.d.ts from the routes of the platform; `--check` fails where the committed file differs.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = fileURLToPath(new URL("../src/lib/api/schema.d.ts", import.meta.url));
const python = `${root}.venv/bin/python`;

const description = JSON.parse(
  execFileSync(python, ["-m", "app.openapi"], { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }),
);
const generated = astToString(await openapiTS(description, { alphabetize: true }));

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== generated) {
    console.error("src/lib/api/schema.d.ts is not what the routes say: run `npm run openapi` in web/ and commit it.");
    process.exit(1);
  }
} else {
  writeFileSync(target, generated);
}
