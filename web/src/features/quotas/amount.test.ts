import { expect, test } from "vitest";

import { createFormat } from "@/lib/i18n/format";

import { amount, share } from "./amount";

const format = createFormat("en");

test("bytes are told as bytes, all else as numbers", () => {
  expect(amount("memory", 2e9, format)).toBe("2 GB");
  expect(amount("gpu", 4, format)).toBe("4");
});

test("the share of a limit, of the hard one first", () => {
  expect(share({ hard: 8, soft: 4, used: 2 })).toBe(0.25);
  expect(share({ hard: null, soft: 4, used: 8 })).toBe(1);
  expect(share({ hard: 0, soft: null, used: 0 })).toBe(1);
  expect(share({ hard: null, soft: null, used: 5 })).toBeNull();
});
