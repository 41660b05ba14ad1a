import { expect, it } from "vitest";

import { everyPage } from "./paged-query";

it("reads a list to its end, each page once", async () => {
  const asked: (string | null)[] = [];
  const pages = new Map([
    [null, { items: [1, 2], next_cursor: "a" }],
    ["a", { items: [3], next_cursor: "b" }],
    ["b", { items: [], next_cursor: null }],
  ]);
  const found = await everyPage((cursor) => {
    asked.push(cursor);
    const page = pages.get(cursor);
    return page ? Promise.resolve(page) : Promise.reject(new Error(`no page ${cursor}`));
  });
  expect(found).toEqual([1, 2, 3]);
  expect(asked).toEqual([null, "a", "b"]);
});

it("fails where a page fails, rather than tell a part as the whole", async () => {
  const broken = everyPage<number>((cursor) =>
    cursor === null ? Promise.resolve({ items: [1], next_cursor: "a" }) : Promise.reject(new Error("gone")),
  );
  await expect(broken).rejects.toThrow("gone");
});
