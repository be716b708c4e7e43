import { attributeError, badElement, invalidValue } from "./rpc-error.ts";
import { isMixed, passesSubtree, selectSubtree } from "./subtree-filter.ts";
import { attributeOf, type Element, elements, hasText } from "./xml-tree.ts";
import { compileXPath, type XPathDocument, xpathDocument } from "./xpath.ts";

/** What a filter parameter is read in: the session's base version and the declarations around it. */
export interface FilterContext {
  /** base:1.1: an unqualified filter element stands for every namespace. */
  readonly wildcard: boolean;
  /** The server has :xpath. */
  readonly xpath: boolean;
  /** Prefixes in scope on the filter element. */
  readonly scope: Readonly<Record<string, string>>;
  /** Names of list keys, by namespace and list name, for output that must keep them. */
  readonly keyOf: (node: Element) => string | undefined;
}

/** A content element and its XPath document, made at most once however many subscriptions test it. */
export interface FilteredContent {
  readonly content: Element;
  readonly document: () => XPathDocument;
}

/** Decides about whole notifications (RFC 5277 §3.6). */
export interface NotificationFilter {
  passes(event: FilteredContent): boolean;
  dispose(): void;
}

/** Applies the filter parameter of get and get-config (RFC 6241 §6, §8.9). */
export function filterData(filter: Element, data: readonly Element[], context: FilterContext): Element[] {
  const xpath = readFilter(filter, context);
  if (xpath === undefined) return selectSubtree(filter, data, context.wildcard);
  const document = xpathDocument(data);
  try {
    const result = document.select(xpath);
    if (result === undefined) throw invalidValue("The select expression does not yield a node set.");
    if (result.everything) return [...data];
    return withAncestors(data, result.nodes, context);
  } catch (error) {
    if (error instanceof Error && "errors" in error) throw error;
    throw invalidValue("The select expression cannot be evaluated.");
  } finally {
    document.dispose();
    xpath.dispose();
  }
}

/** Reads the filter parameter of create-subscription. The result of XPath is taken as a boolean. */
export function notificationFilter(filter: Element, context: FilterContext): NotificationFilter {
  const xpath = readFilter(filter, context);
  if (xpath === undefined) {
    return { passes: ({ content }) => passesSubtree(filter, content, context.wildcard), dispose: () => {} };
  }
  return { passes: ({ document }) => document().test(xpath), dispose: () => xpath.dispose() };
}

/** Checks the attributes; gives the compiled expression of an xpath filter, undefined for subtree. */
function readFilter(filter: Element, { scope, xpath }: FilterContext) {
  const type = attributeOf(filter, "type") ?? "subtree";
  if (type === "subtree") {
    const bare = elements(filter).length === 0 && hasText(filter);
    if (bare || isMixed(filter)) throw badElement("filter", "A subtree filter holds elements, no mixed content.");
    return undefined;
  }
  if (type !== "xpath" || !xpath) throw attributeError("bad-attribute", "type", "filter");
  const select = attributeOf(filter, "select");
  if (select === undefined) throw attributeError("missing-attribute", "select", "filter");
  const compiled = compileXPath(select, scope);
  if (typeof compiled === "string") throw invalidValue(compiled);
  return compiled;
}

/** Selected nodes whole, with their ancestors and the key leaves of list entries on the way (§8.9.5.1). */
function withAncestors(data: readonly Element[], nodes: ReadonlySet<Element>, context: FilterContext): Element[] {
  const result: Element[] = [];
  for (const node of data) {
    if (nodes.has(node)) {
      result.push(node);
      continue;
    }
    const kept = withAncestors(elements(node), nodes, context);
    if (kept.length === 0) continue;
    const key = context.keyOf(node);
    const keys = elements(node).filter((child) => child.local === key && !kept.includes(child));
    result.push({ ...node, children: [...keys, ...kept] });
  }
  return result;
}
