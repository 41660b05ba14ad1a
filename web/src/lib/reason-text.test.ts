import { expect, test } from "vitest";

import { reasonText } from "./reason-text";

const term = (_group: string, word: string) => (word === "waiting" ? "等待资源" : word);

test("a known reason is told in the language of the page, any other in the platform's words", () => {
  expect(reasonText(term, { code: "waiting", message: "It waits." })).toBe("等待资源");
  expect(reasonText(term, { code: "new_one", message: "Something new." })).toBe("Something new.");
  expect(reasonText(term, { message: "No code." })).toBe("No code.");
  expect(reasonText(term, { code: "new_one" })).toBe("");
  expect(reasonText(term, {})).toBe("");
});
