/** Subtree filters: on data (RFC 6241 §6) and on events (RFC 5277 §3.6). */
import { attribute, childrenOf, textOf } from "./tree.ts";
import type { XmlElement } from "./types.ts";

export interface SubtreeOptions {
  /** Whether a filter element in no namespace matches in every one (RFC 6241 §6.2.1: base:1.1 sessions). */
  readonly wildcard: boolean;
}

/** What an element of a filter is (RFC 6241 §6.2.2 to §6.2.5); text beside child elements is ignored. */
type Kind = "containment" | "selection" | "content match";

function kindOf(node: XmlElement): Kind {
  if (childrenOf(node).length > 0) return "containment";
  return textOf(node) === "" ? "selection" : "content match";
}

/** Whether a data element has the name, the attributes and, for a content match, the value that a filter node asks for. */
function matches(node: XmlElement, data: XmlElement, { wildcard }: SubtreeOptions): boolean {
  const named = node.local === data.local && (node.ns === data.ns || (wildcard && node.ns === ""));
  if (!named) return false;
  if (node.attributes.some((one) => attribute(data, one.ns, one.local) !== one.value)) return false;
  return kindOf(node) !== "content match" || (childrenOf(data).length === 0 && textOf(data) === textOf(node));
}

/** Which data elements are output: entire ones, and those of which only marked children are. */
interface Selection {
  readonly entire: Set<XmlElement>;
  readonly partial: Set<XmlElement>;
}

/**
 * The part of the data that a filter element selects for get and get-config: pruned copies of the roots,
 * in document order, each element once. Key leaves that a server may add are not added. A filter without
 * children selects nothing.
 */
export function filterData(filter: XmlElement, roots: readonly XmlElement[], options: SubtreeOptions): XmlElement[] {
  const selection: Selection = { entire: new Set(), partial: new Set() };
  if (selectAmong(childrenOf(filter), roots, selection, options) === "entire")
    return roots.map((root) => copyEntire(root));
  return copyMarked(roots, selection, undefined);
}

/**
 * Applies sibling filter nodes to sibling data elements (RFC 6241 §6.2.5): all content matches must hold,
 * else nothing of the siblings is selected; content matches alone select all of them.
 */
function selectAmong(
  nodes: readonly XmlElement[],
  siblings: readonly XmlElement[],
  selection: Selection,
  options: SubtreeOptions,
): "nothing" | "some" | "entire" {
  const found = new Map(nodes.map((node) => [node, siblings.filter((data) => matches(node, data, options))]));
  const tests = nodes.filter((node) => kindOf(node) === "content match");
  if (tests.some((node) => found.get(node)?.length === 0)) return "nothing";
  if (tests.length > 0 && tests.length === nodes.length) return "entire";
  let some = false;
  for (const [node, hits] of found) {
    for (const data of hits) {
      const inner =
        kindOf(node) === "containment" ? selectAmong(childrenOf(node), childrenOf(data), selection, options) : "entire";
      if (inner === "nothing") continue;
      selection[inner === "entire" ? "entire" : "partial"].add(data);
      some = true;
    }
  }
  return some ? "some" : "nothing";
}

function copyMarked(
  siblings: readonly XmlElement[],
  selection: Selection,
  parent: XmlElement | undefined,
): XmlElement[] {
  return siblings
    .filter((data) => selection.entire.has(data) || selection.partial.has(data))
    .map((data) => {
      if (selection.entire.has(data)) return copyEntire(data, parent);
      const children: XmlElement[] = [];
      const copy: XmlElement = { ...data, ...(parent && { parent }), children };
      children.push(...copyMarked(childrenOf(data), selection, copy));
      return copy;
    });
}

/** A deep copy; its outermost element keeps the parent of the original, and with it the prefixes in scope. */
function copyEntire(data: XmlElement, parent: XmlElement | undefined = data.parent): XmlElement {
  const children: XmlElement["children"][number][] = [];
  const copy: XmlElement = { ...data, ...(parent && { parent }), children };
  for (const node of data.children) children.push(node.kind === "text" ? node : copyEntire(node, copy));
  return copy;
}

/** Whether a filter lets an event through; "undecided" where the documents leave it open. */
export type EventSelection = boolean | "undecided";

/**
 * Whether a filter element selects an event, given by the content element of its notification.
 *
 * Trees directly below the filter are alternatives. Within a tree all content matches along it are one
 * condition, nested ones included (RFC 5277 §3.6: `fault & card=Ethernet0` of its second sample; the
 * algorithm for get, taken literally, would be content with the fault). A tree without content matches
 * selects the event when it selects anything of it. Where the content matches hold but an element that
 * the same tree only selects is absent, nothing decides. An empty filter selects no event.
 */
export function selectsEvent(filter: XmlElement, content: XmlElement, options: SubtreeOptions): EventSelection {
  return best(childrenOf(filter).map((tree) => treeSelects(tree, [content], options)));
}

/** The most favourable of alternatives; false when there are none. */
function best(results: readonly EventSelection[]): EventSelection {
  if (results.includes(true)) return true;
  return results.includes("undecided") ? "undecided" : false;
}

function worst(results: readonly EventSelection[]): EventSelection {
  if (results.includes(false)) return false;
  return results.includes("undecided") ? "undecided" : true;
}

function treeSelects(node: XmlElement, siblings: readonly XmlElement[], options: SubtreeOptions): EventSelection {
  const hits = siblings.filter((data) => matches(node, data, options));
  if (kindOf(node) !== "containment") return hits.length > 0;
  return best(hits.map((data) => containmentSelects(childrenOf(node), childrenOf(data), options)));
}

function containmentSelects(
  nodes: readonly XmlElement[],
  siblings: readonly XmlElement[],
  options: SubtreeOptions,
): EventSelection {
  const conditions = nodes.filter(hasContentMatch);
  const selections = nodes.filter((node) => !hasContentMatch(node));
  if (conditions.length === 0) return best(selections.map((node) => treeSelects(node, siblings, options)));
  const complete = selections.every((node) => isPresent(node, siblings, options));
  return worst([...conditions.map((node) => treeSelects(node, siblings, options)), complete || "undecided"]);
}

/** Whether all that a tree selects is there. */
function isPresent(node: XmlElement, siblings: readonly XmlElement[], options: SubtreeOptions): boolean {
  return siblings.some(
    (data) =>
      matches(node, data, options) && childrenOf(node).every((inner) => isPresent(inner, childrenOf(data), options)),
  );
}

function hasContentMatch(node: XmlElement): boolean {
  return kindOf(node) === "content match" || childrenOf(node).some(hasContentMatch);
}
