import { expect, test } from "vitest";
import { listElements } from "./header-lists.ts";
import { withoutOuterBlanks } from "./http-head.ts";

test.each([
  ["", ""],
  [" \t ", ""],
  [" a b\t", "a b"],
  ["\u00a0a\u00a0", "\u00a0a\u00a0"],
])("%j without outer blanks is %j", (text, expected) => {
  expect(withoutOuterBlanks(text)).toBe(expected);
});

test("a value of many blanks is read in linear time", () => {
  const value = `b${" ".repeat(500_000)}x`;
  const started = performance.now();
  expect(listElements(value)).toEqual([value]);
  expect(performance.now() - started).toBeLessThan(1000);
});
