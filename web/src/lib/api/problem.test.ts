import { expect, test } from "vitest";

import { Problem } from "./problem";

test("the platform's own shape", () => {
  const problem = Problem.from(422, {
    code: "invalid",
    detail: "email: not an address",
    errors: [{ field: "email", message: "not an address" }],
  });
  expect(problem).toMatchObject({ status: 422, code: "invalid", fields: { email: "not an address" } });
  expect(problem.message).toBe("email: not an address");
});

test("OpenAI's shape", () => {
  const problem = Problem.from(401, { error: { message: "no such key", code: "invalid_api_key" } });
  expect(problem).toMatchObject({ code: "invalid_api_key", message: "no such key" });
});

test("something else entirely", () => {
  expect(Problem.from(500, "<html>").code).toBe("http_500");
  expect(Problem.from(500, null).message).toBe("");
});
