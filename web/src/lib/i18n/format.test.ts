import { expect, test } from "vitest";

import { createFormat } from "./format";

const en = createFormat("en");
const zh = createFormat("zh-CN");

test("values keep what matters and say what is not a number", () => {
  expect([3.14159265, 12345.678, 1e-7, 0, NaN, Infinity, -Infinity].map(en.value)).toEqual([
    "3.1416",
    "12,346",
    "1E-7",
    "0",
    "NaN",
    "∞",
    "−∞",
  ]);
});

test("durations have the two largest units", () => {
  expect([0, 59.6, 61, 3600, 90_061].map(en.duration)).toEqual([
    "0 sec",
    "1 min 0 sec",
    "1 min 1 sec",
    "1 hr 0 min",
    "1 day 1 hr",
  ]);
  expect(zh.duration(61)).toBe("1分钟 1秒");
});

test("ticks say no more than tells them apart", () => {
  const when = Date.parse("2026-01-31T13:05:07") / 1000;
  // Which space stands before PM depends on the age of the locale's data.
  const plain = (text: string) => text.replace(/\s/gu, " ");
  expect([1, 60, 86_400].map((apart) => plain(en.tick(when, apart)))).toEqual(["1:05:07 PM", "1:05 PM", "Jan 31"]);
  expect([1, 60, 86_400].map((apart) => zh.tick(when, apart))).toEqual(["13:05:07", "13:05", "1月31日"]);
});

test("bytes", () => {
  expect([0, 999, 1500, 17.2e9].map(en.bytes)).toEqual(["0 byte", "999 byte", "1.5 kB", "17.2 GB"]);
});

test("a moment in the past, even where the clocks differ", () => {
  const now = Date.parse("2026-01-01T00:10:00Z");
  expect(en.ago("2026-01-01T00:05:00Z", now)).toBe("5 min. ago");
  expect(zh.ago("2026-01-01T00:05:00Z", now)).toBe("5分钟前");
  expect(en.ago("2026-01-01T00:10:05Z", now)).toBe("now");
});
