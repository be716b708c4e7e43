/** Comparing XML as NETCONF does: by expanded names, attribute sets and trimmed simple content. */
import { childrenOf, trimXml } from "./tree.ts";
import type { XmlElement } from "./types.ts";

/**
 * A text that two trees share exactly when NETCONF takes them for the same: prefixes, declarations,
 * attribute order, comments and white space around content play no part; the order of elements does.
 * Not XML, and not for reading back.
 */
export function canonical(root: XmlElement): string {
  const out: string[] = [];
  const waiting: (XmlElement | string)[] = [root];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (typeof at === "string") {
      out.push(at);
      continue;
    }
    const attributes = at.attributes.map((one) => `{${one.ns}}${one.local}=${JSON.stringify(one.value)}`).sort();
    out.push(`<{${at.ns}}${at.local}${attributes.map((one) => ` ${one}`).join("")}>`);
    waiting.push("</>");
    for (const node of at.children.toReversed()) {
      if (node.kind === "element") waiting.push(node);
      else if (trimXml(node.value) !== "") waiting.push(JSON.stringify(trimXml(node.value)));
    }
  }
  return out.join("");
}

/** Whether two trees are the same in the sense of `canonical`. */
export function sameXml(a: XmlElement, b: XmlElement): boolean {
  return canonical(a) === canonical(b);
}

/** Whether two trees hold the same child trees, in whatever order: for data whose order means nothing. */
export function sameXmlInAnyOrder(a: XmlElement, b: XmlElement): boolean {
  const bare = (root: XmlElement): string => canonical({ ...root, children: [] });
  const sorted = (root: XmlElement): string => childrenOf(root).map(canonical).sort().join("\n");
  return bare(a) === bare(b) && sorted(a) === sorted(b);
}
