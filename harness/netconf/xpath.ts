/** XPath 1.0 by libxml2: filters (RFC 6241 §8.9, RFC 5277 §3.6) and assertions on messages. */
import type { XmlNode } from "libxml2-wasm";
import { libxml2, silently } from "./libxml2.ts";
import { serialize } from "./serialize.ts";
import type { EventSelection } from "./subtree-filter.ts";
import type { XmlElement } from "./types.ts";

type Prefixes = Readonly<Record<string, string>>;

export type XPathOutcome =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly message: string };

/**
 * Whether an expression holds of a document, its result converted to boolean (XPath 1.0 §4.3). The context
 * node is the document's root node, whose one child is `root`, whatever that stands in. What is wrong with
 * the expression comes back as a value.
 */
export function assertXPath(root: XmlElement, expression: string, prefixes: Prefixes): XPathOutcome {
  const problem = checkXPath(expression, prefixes);
  if (problem !== undefined) return { ok: false, message: problem };
  const document = libxml2.XmlDocument.fromString(serialize(root));
  try {
    const [rootNode] = document.root.eval("/") as XmlNode[];
    const result = silently(() => (rootNode as XmlNode).eval(expression, { ...prefixes }));
    return { ok: true, value: Array.isArray(result) ? result.length > 0 : Boolean(result) };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  } finally {
    document.dispose();
  }
}

/**
 * Whether a filter lets an event through, given by the content element of its notification: the result
 * converted to boolean, whatever its type (RFC 5277 §3.6). An expression that is none decides nothing.
 */
export function xpathSelectsEvent(select: string, prefixes: Prefixes, content: XmlElement): EventSelection {
  const outcome = assertXPath(content, select, prefixes);
  return outcome.ok ? outcome.value : "undecided";
}

/** Prefix of a name test, outside of literals; an axis has two colons. */
const prefixUse = /([\p{L}_][\p{L}\p{N}_.-]*):(?=[\p{L}_*])/gu;

/** What is wrong with an expression, undefined when nothing is: a prefix that is not declared, or its syntax. */
export function checkXPath(expression: string, prefixes: Prefixes): string | undefined {
  const bare = expression.replace(/"[^"]*"|'[^']*'/g, '""');
  for (const [, prefix = ""] of bare.matchAll(prefixUse)) {
    if (!Object.hasOwn(prefixes, prefix) && prefix !== "xml") return `the prefix ${prefix} is not declared`;
  }
  try {
    silently(() => libxml2.XmlXPath.compile(expression, { ...prefixes })).dispose();
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n")[0] ?? "it is not XPath 1.0";
  }
}
