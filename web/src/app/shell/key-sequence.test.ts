import { expect, test } from "vitest";

import { createKeyReader } from "./key-sequence";

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...more });

test("g and a letter lead to a place where the letter follows soon", () => {
  let time = 0;
  const read = createKeyReader(() => time);
  expect(read(press("g"), true)).toBeNull();
  expect(read(press("t"), true)).toBe("/p/$project/training");
  expect(read(press("t"), true)).toBeNull();
  expect(read(press("g"), true)).toBeNull();
  time += 2000;
  expect(read(press("t"), true)).toBeNull();
});

test("the palette opens whatever has the focus; single keys are for what has it", () => {
  const read = createKeyReader();
  const field = document.body.appendChild(document.createElement("input"));
  const typed = (key: string, more: KeyboardEventInit = {}) => {
    const event = press(key, { bubbles: true, ...more });
    field.dispatchEvent(event);
    return event;
  };
  expect(read(typed("k", { metaKey: true }), true)).toBe("palette");
  expect(read(typed("?"), true)).toBeNull();
  field.remove();
});

test("single keys can be turned off", () => {
  const read = createKeyReader();
  expect(read(press("?"), true)).toBe("shortcuts");
  expect(read(press("?"), false)).toBeNull();
  expect(read(press("k", { ctrlKey: true }), false)).toBe("palette");
});
