import { expect, test } from "vitest";

import { described } from "./environment";

const environment = (description: Record<string, unknown>) => ({ id: "1", name: "Cart", description });

test("spaces are told as Gymnasium tells them, words in the reader's language", () => {
  const told = described(
    environment({
      summary: { en: "a pole", zh: "杆" },
      frame: "data:image/png;base64,AA==",
      observation_space: { kind: "Box", shape: [4], dtype: "float32" },
      action_space: { kind: "Discrete", shape: [], dtype: "int64", n: 2 },
      success_return: 475,
      scripted_policies: ["default"],
    }),
    "zh",
  );
  expect(told).toMatchObject({ summary: "杆", observation: "Box(4,) float32", action: "Discrete(2)" });
  expect(told).toMatchObject({ successReturn: 475, scripted: ["default"], frame: "data:image/png;base64,AA==" });
});

test("what is not as expected is left out, a picture from elsewhere too", () => {
  const told = described(environment({ frame: "https://example.org/a.png", action_space: 3, summary: "x" }), "en");
  expect(told).toMatchObject({ frame: null, action: null, summary: null, scripted: [] });
});
