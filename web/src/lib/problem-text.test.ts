import { expect, test } from "vitest";

import { Problem } from "./api/problem";
import { problemText } from "./problem-text";

const refused = (code: string, detail: string) => new Problem(409, code, detail);

test("an English page shows what the platform says", () => {
  const problem = refused("last_owner", "an organization keeps one owner");
  expect(problemText(problem, "It keeps an owner.", "en")).toEqual({
    sentence: null,
    detail: "an organization keeps one owner",
  });
  expect(problemText(refused("last_owner", ""), "It keeps an owner.", "en").sentence).toBe("It keeps an owner.");
});

test("a Chinese page shows its own sentence, and the words of the platform where they name something", () => {
  const shown = (code: string, detail: string) => problemText(refused(code, detail), "名称已被占用。", "zh");
  expect(shown("name_taken", "the name is taken")).toEqual({ sentence: "名称已被占用。", detail: "" });
  expect(shown("name_taken", "the name 'chat' is taken").detail).toBe("the name 'chat' is taken");
  expect(shown("limit_reached", "at most 20 webhooks").detail).toBe("at most 20 webhooks");
  expect(shown("conflict", "it was archived").detail).toBe("it was archived");
});

test("what has no sentence is told as the platform tells it", () => {
  expect(problemText(refused("new_code", "so it is"), null, "zh")).toEqual({ sentence: null, detail: "so it is" });
});
