import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

import { type Asked, snippet } from "./snippets";

const ASKED: Asked = {
  address: "http://127.0.0.1:8000",
  model: "chat",
  mode: "chat",
  prompt: `it's "quoted" $HOME \`x\`\n第二行`,
  temperature: 0.5,
  maxTokens: 8,
};

test("a shell hands curl exactly what was typed", () => {
  const said = snippet("curl", ASKED).replace(/^curl /, "print ");
  const printing = `print() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${said}`;
  const given = execFileSync("sh", ["-c", printing], { encoding: "utf8", env: { TRINE_API_KEY: "k" } }).split("\0");
  expect(given[0]).toBe("http://127.0.0.1:8000/v1/chat/completions");
  expect(given).toContain("Authorization: Bearer k");
  expect(JSON.parse(given.at(-2) ?? "")).toEqual({
    model: "chat",
    messages: [{ role: "user", content: ASKED.prompt }],
    temperature: 0.5,
    max_tokens: 8,
  });
});

test("a completion is asked by its prompt at its own address", () => {
  const asked: Asked = { ...ASKED, mode: "completion", prompt: "def f(" };
  expect(snippet("javascript", asked)).toContain("/v1/completions");
  expect(snippet("javascript", asked)).toContain("choices[0].text");
  expect(snippet("python", asked)).toContain('prompt="def f("');
});
