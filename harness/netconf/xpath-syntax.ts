import type { Expression } from "./xpath-expression.ts";
import { XPathSyntaxError } from "./xpath-lexer.ts";
import { parseXPath } from "./xpath-parser.ts";

/** Characters of an expression that are read at all. */
const maximumLength = 20_000;

export type XPathReading =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly message: string };

/** Reads an XPath 1.0 expression; unknown prefixes and functions are errors, as is wrong syntax. Never throws. */
export function readXPath(text: string, prefixes: Readonly<Record<string, string>>): XPathReading {
  if (text.length > maximumLength)
    return { ok: false, message: `the expression has more than ${maximumLength} characters` };
  try {
    return { ok: true, expression: parseXPath(text, prefixes) };
  } catch (thrown) {
    if (thrown instanceof XPathSyntaxError) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

/** What is wrong with an XPath 1.0 expression, undefined when nothing is. */
export function checkXPath(text: string, prefixes: Readonly<Record<string, string>>): string | undefined {
  const reading = readXPath(text, prefixes);
  return reading.ok ? undefined : reading.message;
}
