import { expect, test } from "vitest";
import { indented } from "./indented.ts";
import { readXml } from "./xml.ts";

function shown(xml: string): string {
  const reading = readXml(xml);
  return reading.ok ? indented(reading.root) : reading.error.message;
}

test("an element a line, text beside its tags, nothing lost", () => {
  expect(shown('<a xmlns="urn:a" xmlns:b="urn:b" b:x="&lt;1&quot;"><b:c>two &amp; 3</b:c> mixed <d/></a>')).toBe(
    [
      '<a xmlns="urn:a" xmlns:b="urn:b" b:x="&lt;1&quot;">',
      "  <b:c>two &amp; 3</b:c>",
      "  mixed",
      "  <d/>",
      "</a>",
    ].join("\n"),
  );
});

test("a deep tree is written without recursion", () => {
  const depth = 900;
  const lines = shown(`${"<a>".repeat(depth)}x${"</a>".repeat(depth)}`).split("\n");
  expect(lines).toHaveLength(2 * depth - 1);
});
