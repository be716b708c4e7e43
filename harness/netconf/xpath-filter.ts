/** XPath 1.0 as NETCONF uses it: filters (RFC 6241 §8.9, RFC 5277 §3.6) and assertions on messages. */
import type { EventSelection } from "./subtree-filter.ts";
import type { XmlElement } from "./types.ts";
import { inDocumentOrder, type XPathNode, xpathDocument } from "./xpath-document.ts";
import { evaluateExpression, XPathCostError } from "./xpath-evaluate.ts";
import { readXPath } from "./xpath-syntax.ts";
import { toBoolean, type Value } from "./xpath-values.ts";

export type XPathResult =
  /** In document order. */
  | { readonly kind: "nodes"; readonly nodes: readonly XPathNode[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** Wrong syntax, an unknown prefix or function, or more work than an evaluation may make. */
  | { readonly kind: "error"; readonly message: string };

type Prefixes = Readonly<Record<string, string>>;

/**
 * Evaluates an expression with the root of a document as context node; the document's children are the
 * given elements, not what they stand in. Comments and processing instructions are not in our trees, so
 * none are selected. Never throws.
 * @param prefixes for a filter `inScope(filter)`
 */
export function evaluateXPath(
  select: string,
  prefixes: Prefixes,
  root: XmlElement | readonly XmlElement[],
): XPathResult {
  const value = evaluated(select, prefixes, root);
  if (!value.ok) return { kind: "error", message: value.message };
  return resultOf(value.value);
}

function resultOf(value: Value): XPathResult {
  if (typeof value === "object") return { kind: "nodes", nodes: inDocumentOrder(value) };
  if (typeof value === "string") return { kind: "string", value };
  return typeof value === "number" ? { kind: "number", value } : { kind: "boolean", value };
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

function evaluated(select: string, prefixes: Prefixes, root: XmlElement | readonly XmlElement[]): Outcome<Value> {
  const reading = readXPath(select, prefixes);
  if (!reading.ok) return reading;
  try {
    return { ok: true, value: evaluateExpression(reading.expression, xpathDocument("kind" in root ? [root] : root)) };
  } catch (thrown) {
    if (thrown instanceof XPathCostError) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

/**
 * The nodes that a filter of get or get-config selects; a result of another type is an error there
 * (RFC 6241 §8.9.5.1: invalid-value).
 */
export function selectNodes(
  select: string,
  prefixes: Prefixes,
  root: XmlElement | readonly XmlElement[],
): Extract<XPathResult, { kind: "nodes" | "error" }> {
  const result = evaluateXPath(select, prefixes, root);
  if (result.kind === "nodes" || result.kind === "error") return result;
  return { kind: "error", message: `the result is a ${result.kind}, not a node-set` };
}

/**
 * Whether an expression holds of a document, its result converted to boolean (XPath 1.0 §4.3): what is
 * wrong with the expression comes back as a value.
 */
export function assertXPath(
  root: XmlElement | readonly XmlElement[],
  expression: string,
  prefixes: Prefixes,
): Outcome<boolean> {
  const value = evaluated(expression, prefixes, root);
  return value.ok ? { ok: true, value: toBoolean(value.value) } : value;
}

/**
 * Whether a filter lets an event through, given by the content element of its notification: the result
 * converted to boolean, whatever its type (RFC 5277 §3.6). An expression that is none decides nothing.
 */
export function xpathSelectsEvent(select: string, prefixes: Prefixes, content: XmlElement): EventSelection {
  const outcome = assertXPath(content, select, prefixes);
  return outcome.ok ? outcome.value : "undecided";
}
