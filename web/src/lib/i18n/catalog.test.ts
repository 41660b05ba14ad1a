import { expect, test } from "vitest";

import { fill } from "./catalog";
import { en as base } from "./en";
import { enWork } from "./en-work";
import { account } from "./en/account";
import { audit } from "./en/audit";
import { commands } from "./en/commands";
import { problems } from "./en/problems";
import { serving } from "./en/serving";
import { zh as baseZh } from "./zh";
import { zhWork } from "./zh-work";
import { account as accountZh } from "./zh/account";
import { audit as auditZh } from "./zh/audit";
import { commands as commandsZh } from "./zh/commands";
import { problems as problemsZh } from "./zh/problems";
import { serving as servingZh } from "./zh/serving";

const en = { ...base, ...enWork, ...account, ...audit, ...commands, ...problems, ...serving };
const zh = { ...baseZh, ...zhWork, ...accountZh, ...auditZh, ...commandsZh, ...problemsZh, ...servingZh };
const PARTS = [base, enWork, account, audit, commands, problems, serving];

test("no key is in two parts", () => {
  expect(Object.keys(en)).toHaveLength(PARTS.reduce((sum, part) => sum + Object.keys(part).length, 0));
});

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
