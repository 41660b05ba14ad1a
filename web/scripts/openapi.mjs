// Generates from the routes of the platform src/lib/api/schema.d.ts, and training-spec.json: what the form of a new job
// asks for. `--check` fails where a committed file differs.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = fileURLToPath(new URL("../src/lib/api/", import.meta.url));
const python = `${root}.venv/bin/python`;

const description = JSON.parse(
  execFileSync(python, ["-m", "app.openapi"], { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }),
);
const specs = needed(["ClassifierSpec", "LanguageModelSpec", "PolicySpec"], description.components.schemas);
const generated = {
  "schema.d.ts": astToString(await openapiTS(description, { alphabetize: true })),
  "training-spec.json": `${JSON.stringify(specs, null, 2)}\n`,
};

for (const [name, text] of Object.entries(generated)) {
  if (!process.argv.includes("--check")) {
    writeFileSync(folder + name, text);
  } else if (readFileSync(folder + name, "utf8") !== text) {
    console.error(`src/lib/api/${name} is not what the routes say: run \`npm run openapi\` in web/ and commit it.`);
    process.exitCode = 1;
  }
}

/** The schemas of these names and what they refer to. */
function needed(names, schemas) {
  const found = {};
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found[name]) continue;
    found[name] = schemas[name];
    for (const [, other] of JSON.stringify(schemas[name]).matchAll(/#\/components\/schemas\/(\w+)/g))
      waiting.push(other);
  }
  return Object.fromEntries(Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1)));
}
