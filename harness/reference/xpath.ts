import type { XmlElement, XmlNode, XmlTreeNode, XmlXPath } from "libxml2-wasm";
import { libxml2, silently } from "../netconf/libxml2.ts";
import { type Element, elements } from "./xml-tree.ts";

/** XPath 1.0 by libxml2. The context node is the root node, which may hold several top-level elements. */

const CORE_FUNCTIONS = new Set(
  (
    "last position count id local-name namespace-uri name string concat starts-with contains substring-before " +
    "substring-after substring string-length normalize-space translate boolean not true false lang number sum " +
    "floor ceiling round comment text processing-instruction node"
  ).split(" "),
);
const MAX_EXPRESSION = 4096;

/** A compiled expression; must be disposed of. */
export type XPath = XmlXPath;

/**
 * Compiles an expression. Prefixes, variables and functions are checked here too, because libxml2 would
 * report them only when evaluation happens to reach them.
 * @param scope prefixes in scope; the default namespace plays no part in XPath
 * @returns the expression, or what is wrong with it
 */
export function compileXPath(expression: string, scope: Readonly<Record<string, string>>): XPath | string {
  if (expression.length > MAX_EXPRESSION) return "The expression is too long.";
  const bare = expression.replace(/"[^"]*"|'[^']*'/g, '""');
  if (bare.includes("$")) return "The expression uses a variable; none is bound.";
  for (const [, prefix = ""] of bare.matchAll(/([\p{L}_][\p{L}\p{N}_.-]*):(?=[\p{L}_*])/gu)) {
    if (!Object.hasOwn(scope, prefix) && prefix !== "xml") return `The prefix ${prefix} is not declared.`;
  }
  for (const [, name = ""] of bare.matchAll(/([\p{L}_][\p{L}\p{N}_.:-]*)\s*\(/gu)) {
    const isOperator = /^(and|or|div|mod)$/.test(name) || name.endsWith("::");
    const function_ = name.replace(/^.*::/, "");
    if (!isOperator && !CORE_FUNCTIONS.has(function_)) return `The function ${name} is not in the core library.`;
  }
  const prefixes = Object.fromEntries(Object.entries(scope).filter(([prefix]) => prefix !== ""));
  try {
    return silently(() => libxml2.XmlXPath.compile(expression, prefixes));
  } catch {
    return "The expression is not XPath 1.0.";
  }
}

/** A document made for evaluation; must be disposed of. */
export interface XPathDocument {
  /** The result converted to boolean (XPath 1.0 §4.3); an expression that cannot be evaluated is false. */
  test(xpath: XPath): boolean;
  /** The elements of `data` that the result's nodes are or belong to; undefined when it is no node set. */
  select(xpath: XPath): { readonly everything: boolean; readonly nodes: ReadonlySet<Element> } | undefined;
  dispose(): void;
}

export function xpathDocument(data: readonly Element[]): XPathDocument {
  const document = libxml2.XmlDocument.create();
  // A document needs a root element; without data it gets one that stands for nothing.
  if (data.length === 0) document.createRoot("none");
  let previous: XmlElement | undefined;
  data.forEach((top, index) => {
    const prefix = `n${index}`;
    const made: XmlElement = previous ? previous.appendElement(top.local) : document.createRoot(top.local);
    made.addNsDeclaration(top.ns, prefix);
    made.prefix = prefix;
    fill(made, top, prefix);
    previous = made;
  });
  const evaluate = (xpath: XPath): ReturnType<XmlNode["eval"]> => {
    const [root] = document.root.eval("/") as XmlNode[];
    return silently(() => (root as XmlNode).eval(xpath));
  };
  return {
    test(xpath) {
      try {
        const result = evaluate(xpath);
        return Array.isArray(result) ? result.length > 0 : Boolean(result);
      } catch {
        return false;
      }
    },
    select(xpath) {
      const result = evaluate(xpath);
      return Array.isArray(result) ? locate(result, data) : undefined;
    },
    dispose: () => document.dispose(),
  };
}

function fill(made: XmlElement, source: Element, prefix: string): void {
  for (const { ns, local, value } of source.attributes) if (ns === "") made.setAttr(local, value);
  for (const child of source.children) {
    if (typeof child === "string") {
      if (child !== "") made.addText(child);
    } else if (child.ns === source.ns) fill(made.addElement(child.local, prefix), child, prefix);
    else {
      const inner = made.addElement(child.local);
      const own = `${prefix}x`;
      inner.addNsDeclaration(child.ns, own);
      inner.prefix = own;
      fill(inner, child, own);
    }
  }
}

/** Finds the engine's elements that libxml2's result nodes stand for, by their places among siblings. */
function locate(result: readonly XmlNode[], data: readonly Element[]): { everything: boolean; nodes: Set<Element> } {
  const nodes = new Set<Element>();
  let everything = false;
  for (const node of result) {
    const carrier = node instanceof libxml2.XmlElement ? node : isInElement(node) ? node.parent : null;
    if (carrier === null) everything = true;
    else {
      const found = follow(placeOf(carrier), data);
      if (found !== undefined) nodes.add(found);
    }
  }
  return { everything, nodes };
}

function isInElement(node: XmlNode): boolean {
  return node instanceof libxml2.XmlText || node instanceof libxml2.XmlAttribute;
}

function placeOf(node: XmlElement): number[] {
  const place: number[] = [];
  for (let at: XmlElement | null = node; at !== null; at = at.parent) {
    let index = 0;
    for (let before: XmlTreeNode | null = at.prev; before !== null; before = before.prev) {
      if (before instanceof libxml2.XmlElement) index++;
    }
    place.unshift(index);
  }
  return place;
}

function follow(place: readonly number[], data: readonly Element[]): Element | undefined {
  let level: readonly Element[] = data;
  let found: Element | undefined;
  for (const index of place) {
    found = level[index];
    if (found === undefined) return undefined;
    level = elements(found);
  }
  return found;
}
