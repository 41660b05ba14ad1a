import { expect, test } from "vitest";

import { draftOf, specOf } from "./spec-draft";
import { builtinData, specGroups } from "./spec-fields";

test("what is empty is left to the platform", () => {
  expect(specOf("classify", { name: "digits", epochs: "3", batch: "" })).toEqual({
    recipe: "classify",
    name: "digits",
    epochs: 3,
  });
});

test("parts of a spec are objects, numbers are numbers", () => {
  const draft = {
    name: "words",
    "optimizer.learning_rate": "0.001",
    "shape.tie_embeddings": "false",
    "resources.workers": "2",
  };
  expect(specOf("lm", draft)).toMatchObject({
    optimizer: { learning_rate: 0.001 },
    shape: { tie_embeddings: false },
    resources: { workers: 2 },
  });
});

test("data and the model that comes of it have forms of their own", () => {
  const draft = { name: "n", "data.source": "artifact", "data.artifact": "a1", "register_as.model": "m" };
  expect(specOf("lm", draft)).toMatchObject({
    data: { source: "artifact", artifact: "a1" },
    register_as: { model: "m" },
  });
});

test("a job that was submitted begins another like it", () => {
  const spec = {
    recipe: "classify",
    name: "digits",
    data: { source: "builtin", name: "digits" },
    resources: { workers: 2 },
    register_as: null,
  };
  expect(draftOf(spec)).toEqual({
    name: "digits",
    "data.source": "builtin",
    "data.name": "digits",
    "resources.workers": "2",
  });
  expect(specOf("classify", draftOf(spec))).toMatchObject({ data: { source: "builtin", name: "digits" } });
});

test("the fields are those of the platform, with the defaults that a recipe gives", () => {
  const groups = specGroups("lm");
  expect(groups.map((group) => group.path)).toEqual(expect.arrayContaining(["", "shape", "optimizer", "resources"]));
  const workers = groups.flatMap((group) => group.fields).find((field) => field.path === "resources.workers");
  expect(workers).toMatchObject({ kind: "integer", default: 2, minimum: 1 });
  expect(builtinData("classify")?.chosen).toBe("digits");
  expect(builtinData("ppo")).toBeUndefined();
});
