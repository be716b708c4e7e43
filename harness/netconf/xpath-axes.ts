/** The axes of XPath 1.0 (§2.2). */
import { namespacesOf, type XPathDocument, type XPathNode } from "./xpath-document.ts";
import type { Axis } from "./xpath-expression.ts";

/**
 * The nodes along an axis, nearest first.
 * @param spend told how many nodes were looked at
 */
export function axisOf(
  axis: Axis,
  node: XPathNode,
  document: XPathDocument,
  spend: (visits: number) => void,
): readonly XPathNode[] {
  const along = nodesAlong(axis, node, document);
  const scanned = axis === "preceding" ? node.place : axis.endsWith("sibling") ? siblingsOf(node).length : 0;
  spend(Math.max(along.length, scanned));
  return along;
}

function nodesAlong(axis: Axis, node: XPathNode, { nodes }: XPathDocument): readonly XPathNode[] {
  const leaf = node.type === "attribute" || node.type === "namespace";
  switch (axis) {
    case "self":
      return [node];
    case "child":
      return node.children;
    case "attribute":
      return node.attributes;
    case "namespace":
      return namespacesOf(node);
    case "parent":
      return node.parent === undefined ? [] : [node.parent];
    case "ancestor":
      return ancestorsOf(node);
    case "ancestor-or-self":
      return [node, ...ancestorsOf(node)];
    case "descendant":
      return leaf ? [] : nodes.slice(node.place + 1, node.last + 1);
    case "descendant-or-self":
      return leaf ? [node] : nodes.slice(node.place, node.last + 1);
    case "following":
      // What follows an attribute begins with the content of its element.
      return nodes.slice((leaf ? node.place : node.last) + 1);
    case "preceding":
      return nodes
        .slice(0, node.place)
        .filter(({ last }) => last < node.place)
        .reverse();
    case "following-sibling":
      return siblingsOf(node).slice(siblingsOf(node).indexOf(node) + 1);
    case "preceding-sibling":
      return siblingsOf(node)
        .slice(0, Math.max(0, siblingsOf(node).indexOf(node)))
        .reverse();
  }
}

/** The node and its siblings; attributes and namespaces have none. */
function siblingsOf(node: XPathNode): readonly XPathNode[] {
  const among = node.type === "element" || node.type === "text";
  return among && node.parent !== undefined ? node.parent.children : [];
}

function ancestorsOf(node: XPathNode): XPathNode[] {
  const found: XPathNode[] = [];
  for (let at = node.parent; at !== undefined; at = at.parent) found.push(at);
  return found;
}
