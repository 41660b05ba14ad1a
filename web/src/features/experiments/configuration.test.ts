import { expect, test } from "vitest";

import { configuration } from "./configuration";

test("what differs is told from what is the same, and what is missing differs", () => {
  const rows = configuration([
    { params: { lr: 0.1, layers: 4, tags: ["a"] } },
    { params: { lr: 0.2, layers: 4, tags: ["a"], extra: null } },
  ]);
  expect(rows.map(({ name, same }) => [name, same])).toEqual([
    ["extra", false],
    ["layers", true],
    ["lr", false],
    ["tags", true],
  ]);
  expect(rows[0]?.values).toEqual([undefined, null]);
});
