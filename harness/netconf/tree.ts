/** Looking into an XML tree by expanded names, comparing trees, and writing them out again. */

import type { XmlElement, XmlText } from "./types.ts";
import { NS } from "./types.ts";

const blanks = " \t\r\n";

/** Without white space, in the sense of XML (space, tab, line ends), at both ends. */
export function trimXml(text: string): string {
  const isBlank = (at: number) => blanks.includes(text.charAt(at));
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(from)) from++;
  while (to > from && isBlank(to - 1)) to--;
  return text.slice(from, to);
}

const isElement = (node: XmlElement | XmlText): node is XmlElement => node.kind === "element";

/** Child elements in document order. */
export function childrenOf(element: XmlElement): XmlElement[] {
  return element.children.filter(isElement);
}

/** All child elements of an expanded name. */
export function childrenNamed(element: XmlElement, ns: string, local: string): XmlElement[] {
  return childrenOf(element).filter((child) => child.ns === ns && child.local === local);
}

/** First child element of an expanded name. */
export function child(element: XmlElement, ns: string, local: string): XmlElement | undefined {
  return element.children.find((node): node is XmlElement => isElement(node) && node.ns === ns && node.local === local);
}

/** Follows first children of one namespace: `descend(reply, NS.netmod, "netconf", "streams")`. */
export function descend(element: XmlElement, ns: string, ...locals: readonly string[]): XmlElement | undefined {
  return locals.reduce<XmlElement | undefined>((at, local) => at && child(at, ns, local), element);
}

/** The element's own text as it stands, without that of its descendants. */
export function rawTextOf(element: XmlElement): string {
  return element.children.map((node) => (node.kind === "text" ? node.value : "")).join("");
}

/** The element's own text, trimmed: white space around simple content is insignificant. */
export function textOf(element: XmlElement): string {
  return trimXml(rawTextOf(element));
}

/** Value of an attribute; `ns` is "" for an unqualified one. */
export function attribute(element: XmlElement, ns: string, local: string): string | undefined {
  return element.attributes.find((one) => one.ns === ns && one.local === local)?.value;
}

/** Prefixes in scope on the element, "" for the default namespace if there is one, `xml` included. */
export function inScope(element: XmlElement): Record<string, string> {
  const scope: Record<string, string> = Object.create(null);
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    for (const [prefix, ns] of Object.entries(at.declarations)) scope[prefix] ??= ns;
  }
  if (scope[""] === "") delete scope[""];
  scope["xml"] = NS.xml;
  return scope;
}

/**
 * Expanded name of a QName in content; undefined when it is none or its prefix is not declared.
 * @param useDefault whether an unprefixed name is in the default namespace, as for elements
 */
export function resolveQName(
  element: XmlElement,
  name: string,
  useDefault = true,
): { readonly ns: string; readonly local: string } | undefined {
  const parts = /^(?:([^\s:]+):)?([^\s:]+)$/.exec(trimXml(name));
  if (parts === null) return undefined;
  const [, prefix, local = ""] = parts;
  if (prefix === undefined) return { ns: useDefault ? (inScope(element)[""] ?? "") : "", local };
  const ns = inScope(element)[prefix];
  return ns === undefined ? undefined : { ns, local };
}

/** The tree and all elements below it, in document order. */
export function* elementsOf(root: XmlElement): Generator<XmlElement> {
  const waiting = [root];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    yield at;
    for (const node of at.children.toReversed()) if (isElement(node)) waiting.push(node);
  }
}

/** Where an element stands, for messages: `/rpc-reply/data/stream[2]/name`. */
export function elementPath(element: XmlElement): string {
  const steps: string[] = [];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const { prefix, local, ns, parent } = at;
    const name = prefix === "" ? local : `${prefix}:${local}`;
    const alike = parent === undefined ? [at] : childrenNamed(parent, ns, local);
    steps.push(alike.length > 1 ? `${name}[${alike.indexOf(at) + 1}]` : name);
  }
  return `/${steps.reverse().join("/")}`;
}
