/** The data model of XPath 1.0 (§5) over XML trees: nodes with parents and document order. */
import { inScope } from "./tree.ts";
import type { XmlElement } from "./types.ts";

export interface XPathNode {
  readonly type: "root" | "element" | "attribute" | "namespace" | "text";
  /** "" where the type has none. */
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

const attributeRank = 1_000_000;

/**
 * A document whose root has the given elements as children, whatever they stand in (RFC 5277 §3.6: the
 * content of a notification is the root of filtering; RFC 6241 §8.9: several top-level elements are fine).
 */
export function xpathDocument(roots: readonly XmlElement[]): XPathDocument {
  const nodes: Growing[] = [];
  const add = (facts: Partial<XPathNode> & Pick<XPathNode, "type" | "parent" | "element">): Growing => {
    const blank = { ns: "", local: "", prefix: "", value: "", rank: 0 };
    const node: Growing = { ...blank, ...facts, children: [], attributes: [], place: nodes.length, last: nodes.length };
    nodes.push(node);
    return node;
  };
  const root = add({ type: "root", parent: undefined, element: undefined });
  // An element to enter, or a node that is complete when the stack comes down to it.
  const waiting: ({ enter: XmlElement["children"][number]; parent: Growing } | { leave: Growing })[] = [
    { leave: root },
  ];
  for (const element of roots.toReversed()) waiting.push({ enter: element, parent: root });
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if ("leave" in at) {
      at.leave.last = nodes.length - 1;
      continue;
    }
    const { enter, parent } = at;
    if (enter.kind === "text") {
      parent.children.push(add({ type: "text", parent, element: parent.element, value: enter.value }));
      continue;
    }
    const { ns, local, prefix } = enter;
    const node = add({ type: "element", parent, element: enter, ns, local, prefix });
    parent.children.push(node);
    node.attributes.push(...enter.attributes.map((one, index) => attributeNode(node, one, attributeRank + index)));
    waiting.push({ leave: node });
    for (const child of enter.children.toReversed()) waiting.push({ enter: child, parent: node });
  }
  return { root, nodes };
}

function attributeNode(
  owner: XPathNode,
  facts: Pick<XPathNode, "ns" | "local" | "prefix" | "value">,
  rank: number,
  type: "attribute" | "namespace" = "attribute",
): XPathNode {
  const { ns, local, prefix, value } = facts;
  const { element, place } = owner;
  return {
    type,
    ns,
    local,
    prefix,
    value,
    parent: owner,
    children: [],
    attributes: [],
    element,
    place,
    last: place,
    rank,
  };
}

const namespaceNodes = new WeakMap<XPathNode, readonly XPathNode[]>();

/** The namespace nodes of an element (§5.4), the same ones whenever asked; none for other nodes. */
export function namespacesOf(node: XPathNode): readonly XPathNode[] {
  if (node.type !== "element" || node.element === undefined) return [];
  const known = namespaceNodes.get(node);
  if (known !== undefined) return known;
  const made = Object.entries(inScope(node.element)).map(([local, value], index) =>
    attributeNode(node, { ns: "", local, prefix: "", value }, 1 + index, "namespace"),
  );
  namespaceNodes.set(node, made);
  return made;
}

/** The string-value of a node (§5): for the root and for elements all text below. */
export function stringValue(node: XPathNode): string {
  if (node.type !== "root" && node.type !== "element") return node.value;
  const parts: string[] = [];
  const waiting: XPathNode[] = [node];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at.type === "text") parts.push(at.value);
    for (const child of at.children.toReversed()) waiting.push(child);
  }
  return parts.join("");
}

/** Nodes of one document sorted. */
export function inDocumentOrder(nodes: readonly XPathNode[]): readonly XPathNode[] {
  const before = (a: XPathNode, b: XPathNode): boolean => a.place < b.place || (a.place === b.place && a.rank < b.rank);
  const sorted = nodes.every((node, index) => index === 0 || before(nodes[index - 1] ?? node, node));
  return sorted ? nodes : nodes.toSorted((a, b) => a.place - b.place || a.rank - b.rank);
}
