/** The data model of XPath 1.0 (§5) over XML trees: nodes with parents and document order. */
import { inScope } from "./tree.ts";
import type { XmlElement } from "./types.ts";

export interface XPathNode {
  readonly type: "root" | "element" | "attribute" | "namespace" | "text";
  /** Names are "" where the type has none. */
  readonly ns: string;
  readonly local: string;
  readonly prefix: string;
  /** Of an attribute, a namespace or a text; for others see `stringValue`. */
  readonly value: string;
  readonly parent: XPathNode | undefined;
  readonly children: readonly XPathNode[];
  readonly attributes: readonly XPathNode[];
  /** The element it is, is on, or is in; none for the root. */
  readonly element: XmlElement | undefined;
  /** Place among roots, elements and texts in document order; that of its element for other nodes. */
  readonly place: number;
  /** Place of the last node below it. */
  readonly last: number;
  /** Order among the nodes of one place: 0 the node itself, then namespaces, then attributes. */
  readonly rank: number;
}

export interface XPathDocument {
  readonly root: XPathNode;
  /** Root, elements and texts in document order. */
  readonly nodes: readonly XPathNode[];
}

type Growing = { -readonly [K in keyof XPathNode]: XPathNode[K] } & { children: XPathNode[]; attributes: XPathNode[] };

/** One literal for all nodes: one shape, which large documents need. */
function node(
  type: XPathNode["type"],
  named: Pick<XPathNode, "ns" | "local" | "prefix" | "value">,
  parent: XPathNode | undefined,
  place: number,
  rank: number,
): Growing {
  const { ns, local, prefix, value } = named;
  const element = parent?.element;
  return { type, ns, local, prefix, value, parent, children: [], attributes: [], element, place, last: place, rank };
}

const unnamed = { ns: "", local: "", prefix: "", value: "" };
const attributeRank = 1_000_000;

/**
 * A document whose root has the given elements as children, whatever they stand in (RFC 5277 §3.6: the
 * content of a notification is the root of filtering; RFC 6241 §8.9: several top-level elements are fine).
 */
export function xpathDocument(roots: readonly XmlElement[]): XPathDocument {
  const root = node("root", unnamed, undefined, 0, 0);
  const nodes = [root];
  // What to enter next, by its parent; a parent alone is complete when the stack comes down to it.
  const waiting: { readonly parent: Growing; readonly enter?: XmlElement["children"][number] }[] = [{ parent: root }];
  for (const element of roots.toReversed()) waiting.push({ parent: root, enter: element });
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { parent, enter } = at;
    if (enter === undefined) {
      parent.last = nodes.length - 1;
      continue;
    }
    const made =
      enter.kind === "text" ? textNode(enter.value, parent, nodes.length) : elementNode(enter, parent, nodes.length);
    nodes.push(made);
    parent.children.push(made);
    if (enter.kind === "text") continue;
    waiting.push({ parent: made });
    for (let index = enter.children.length - 1; index >= 0; index -= 1) {
      const child = enter.children[index];
      if (child !== undefined) waiting.push({ parent: made, enter: child });
    }
  }
  return { root, nodes };
}

function textNode(value: string, parent: Growing, place: number): Growing {
  return node("text", { ...unnamed, value }, parent, place, 0);
}

function elementNode(element: XmlElement, parent: Growing, place: number): Growing {
  const { ns, local, prefix, attributes } = element;
  const made = node("element", { ns, local, prefix, value: "" }, parent, place, 0);
  made.element = element;
  for (const one of attributes) {
    made.attributes.push(node("attribute", one, made, place, attributeRank + made.attributes.length));
  }
  return made;
}

const namespaceNodes = new WeakMap<XPathNode, readonly XPathNode[]>();

/** The namespace nodes of an element (§5.4), the same ones whenever asked; none for other nodes. */
export function namespacesOf(owner: XPathNode): readonly XPathNode[] {
  if (owner.type !== "element" || owner.element === undefined) return [];
  const known = namespaceNodes.get(owner);
  if (known !== undefined) return known;
  const made = Object.entries(inScope(owner.element)).map(([local, value], index) =>
    node("namespace", { ...unnamed, local, value }, owner, owner.place, 1 + index),
  );
  namespaceNodes.set(owner, made);
  return made;
}

/** The string-value of a node (§5): for the root and for elements all text below. */
export function stringValue(of: XPathNode): string {
  if (of.type !== "root" && of.type !== "element") return of.value;
  const parts: string[] = [];
  const waiting: XPathNode[] = [of];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at.type === "text") parts.push(at.value);
    for (let index = at.children.length - 1; index >= 0; index -= 1) {
      const child = at.children[index];
      if (child !== undefined) waiting.push(child);
    }
  }
  return parts.join("");
}

/** Nodes of one document sorted. */
export function inDocumentOrder(nodes: readonly XPathNode[]): readonly XPathNode[] {
  const before = (a: XPathNode, b: XPathNode): boolean => a.place < b.place || (a.place === b.place && a.rank < b.rank);
  const sorted = nodes.every((one, index) => index === 0 || before(nodes[index - 1] ?? one, one));
  return sorted ? nodes : nodes.toSorted((a, b) => a.place - b.place || a.rank - b.rank);
}
