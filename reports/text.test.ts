import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clip, count, duration, few, printable, wrap } from "./text.ts";

describe("printable", () => {
  test.each([
    ["a\u001b[31mb", "a\\x1b[31mb"],
    ["a\r\nb\rc", "a\nb\\x0dc"],
    ["\u0000\u007f\u0085", "\\x00\\x7f\\x85"],
    ["a\u202eb", "a\\u202eb"],
    ["\ud800", "\ufffd"],
    ["漢é😀", "漢é😀"],
    ["a\tb", "a  b"],
  ])("%j", (text, shown) => expect(printable(text)).toBe(shown));

  test("leaves no control character but the line break", () => {
    const property = fc.property(fc.string({ unit: "binary" }), (text) => !/[^\P{Cc}\n]/u.test(printable(text)));
    fc.assert(property);
  });
});

describe("wrap", () => {
  test("cuts at blanks, and where there are none", () => {
    expect(wrap("one two three four", 9)).toEqual(["one two", "three", "four"]);
    expect(wrap("abcdefghijklmnopqrst", 10)).toEqual(["abcdefghij", "klmnopqrst"]);
    expect(wrap("a\n\nb", 10)).toEqual(["a", "", "b"]);
  });

  test("keeps every line within the width and loses nothing but blanks", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 8, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.every((line) => line.length <= width)).toBe(true);
        expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      }),
    );
  });
});

test("clip says how much is left out", () => {
  expect(clip("short")).toBe("short");
  expect(clip("x".repeat(700))).toBe(`${"x".repeat(600)} … (100 more characters; the transcript has all)`);
  expect(clip("😀".repeat(4), 2)).toMatch(/^😀😀 … \(2 more/);
});

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [4210, "4.2 s"],
  [59_990, "1 min 0 s"],
  [185_000, "3 min 5 s"],
])("duration %d", (ms, shown) => expect(duration(ms)).toBe(shown));

test("count and few", () => {
  expect([count(1, "case"), count(0, "case")]).toEqual(["1 case", "0 cases"]);
  expect(few(["a", "b", "c"], 2)).toBe("a, b and 1 more");
  expect(few(["a", "b"], 2)).toBe("a, b");
});
