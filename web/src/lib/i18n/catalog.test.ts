import { expect, test } from "vitest";

import { fill } from "./catalog";
import { en } from "./en";
import { zh } from "./zh";

test("both catalogs have the same keys", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
});

test.each(Object.keys(en) as (keyof typeof en)[])("%s is filled by the same values in both", (key) => {
  expect(places(zh[key])).toEqual(places(en[key]));
  expect(zh[key].trim()).not.toBe("");
});

test("a place without a value stays visible", () => {
  expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});

function places(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
}
