import { expect, test } from "vitest";

import { readRowsSearch, shownRows } from "./rows-search";

const rows = [
  { name: "Grace", email: "grace@navy.example.org", age: 37 },
  { name: "Ada", email: "ada@example.org", age: 36 },
  { name: "ida", email: "ida@example.org", age: 9 },
];
const words = (row: (typeof rows)[number]) => `${row.name} ${row.email}`;
const values = { name: (row: (typeof rows)[number]) => row.name, age: (row: (typeof rows)[number]) => row.age };
const names = (search: Parameters<typeof shownRows>[1]) =>
  shownRows(rows, search, words, values).map(({ name }) => name);

test("an address says what is searched for and the order; what is not known is left out", () => {
  const read = readRowsSearch(["name", "age"]);
  expect(read({ name: " ada ", sort: "-age" })).toEqual({ name: "ada", sort: "-age" });
  expect(read({ name: 3, sort: "shoe" })).toEqual({});
});

test("rows are found by any of their words, in capitals or not", () => {
  expect(names({ name: "DA" })).toEqual(["Ada", "ida"]);
  expect(names({ name: "navy" })).toEqual(["Grace"]);
  expect(names({ name: "nobody" })).toEqual([]);
});

test("rows are sorted either way, numbers by size, and stay as they came where nothing is asked", () => {
  expect(names({})).toEqual(["Grace", "Ada", "ida"]);
  expect(names({ sort: "name" })).toEqual(["Ada", "Grace", "ida"]);
  expect(names({ sort: "age" })).toEqual(["ida", "Ada", "Grace"]);
  expect(names({ sort: "-age" })).toEqual(["Grace", "Ada", "ida"]);
});
