import { type Element, elements, hasText, textOf, trimXml } from "./xml-tree.ts";

/**
 * Subtree filters (RFC 6241 §6). A selection is kept beside the data until all filter trees were
 * applied, so that the outputs of several expressions unite without repeating data (§6.4.7).
 */
type Selection = "all" | Map<Element, Selection>;

/** True when two elements that are not empty stand for text and elements at once: mixed content (§6.1). */
export function isMixed(filter: Element): boolean {
  const inner = elements(filter);
  return inner.length > 0 && (hasText(filter) || inner.some(isMixed));
}

/**
 * Selects from sibling trees `data` what the children of `filter` select; nothing for an empty filter.
 * @param wildcard an unqualified filter element stands for every namespace (base:1.1, §6.2.1)
 */
export function selectSubtree(filter: Element, data: readonly Element[], wildcard: boolean): Element[] {
  const chosen = new Map<Element, Selection>();
  if (!selectSiblings(elements(filter), data, wildcard, chosen)) return [];
  return output(data, chosen);
}

/**
 * Whether a notification passes (RFC 5277 §3.6, §5.1). Trees below `filter` are alternatives; inside one
 * tree all content matches, at whatever depth, belong to one conjunction, as the second sample of §5.1 says.
 */
export function passesSubtree(filter: Element, content: Element, wildcard: boolean): boolean {
  return elements(filter).some((tree) => matchesTree(tree, content, wildcard));
}

function matchesTree(filter: Element, node: Element, wildcard: boolean): boolean {
  if (!matchesNode(filter, node, wildcard)) return false;
  if (isContentMatch(filter)) return matchesText(filter, node);
  const parts = elements(filter);
  if (parts.length === 0) return true;
  const conditions = parts.filter(holdsContentMatch);
  const found = (part: Element): boolean => elements(node).some((child) => matchesTree(part, child, wildcard));
  return conditions.length > 0 ? conditions.every(found) : parts.some(found);
}

function holdsContentMatch(filter: Element): boolean {
  return isContentMatch(filter) || elements(filter).some(holdsContentMatch);
}

/** One sibling set (§6.2.5); false when a content match failed and prunes all of it. */
function selectSiblings(
  filters: readonly Element[],
  data: readonly Element[],
  wildcard: boolean,
  chosen: Map<Element, Selection>,
): boolean {
  for (const filter of filters.filter(isContentMatch)) {
    const matched = data.filter((node) => matchesNode(filter, node, wildcard) && matchesText(filter, node));
    if (matched.length === 0) return false;
    for (const node of matched) chosen.set(node, "all");
  }
  for (const filter of filters) {
    if (isContentMatch(filter)) continue;
    for (const node of data) {
      if (!matchesNode(filter, node, wildcard)) continue;
      const selection = selectBelow(filter, node, wildcard);
      if (selection !== undefined) chosen.set(node, unite(chosen.get(node), selection));
    }
  }
  return true;
}

/** What a selection or containment node selects of a data node it matches by name. */
function selectBelow(filter: Element, node: Element, wildcard: boolean): Selection | undefined {
  const parts = elements(filter);
  if (parts.length === 0) return "all";
  const chosen = new Map<Element, Selection>();
  if (!selectSiblings(parts, elements(node), wildcard, chosen)) return undefined;
  if (parts.every(isContentMatch)) return "all";
  return chosen.size === 0 ? undefined : chosen;
}

function unite(a: Selection | undefined, b: Selection): Selection {
  if (a === undefined) return b;
  if (a === "all" || b === "all") return "all";
  const both = new Map(a);
  for (const [node, selection] of b) both.set(node, unite(both.get(node), selection));
  return both;
}

function output(data: readonly Element[], chosen: ReadonlyMap<Element, Selection>): Element[] {
  const result: Element[] = [];
  for (const node of data) {
    const selection = chosen.get(node);
    if (selection === "all") result.push(node);
    else if (selection !== undefined) result.push({ ...node, children: output(elements(node), selection) });
  }
  return result;
}

function isContentMatch(filter: Element): boolean {
  return hasText(filter) && elements(filter).length === 0;
}

function matchesText(filter: Element, node: Element): boolean {
  return elements(node).length === 0 && trimXml(textOf(filter)) === trimXml(textOf(node));
}

function matchesNode(filter: Element, node: Element, wildcard: boolean): boolean {
  if (filter.local !== node.local) return false;
  if (filter.ns !== node.ns && !(wildcard && filter.ns === "")) return false;
  return filter.attributes.every((wanted) =>
    node.attributes.some((has) => has.ns === wanted.ns && has.local === wanted.local && has.value === wanted.value),
  );
}
