/** Writing a tree as XML text that reads back to the same tree. */
import { escapeAttribute, escapeXml } from "./escape.ts";
import { inScope } from "./tree.ts";
import type { XmlAttribute, XmlElement } from "./types.ts";
import { NS } from "./types.ts";

type Scope = Readonly<Record<string, string>>;

/**
 * The element as a document of its own, without an XML declaration. Prefixes stay as written wherever
 * they are right; the outermost element also declares all that was in scope on it, so that prefixes
 * within values (an XPath, a QName) keep their meaning. Missing declarations are added.
 */
export function serialize(root: XmlElement): string {
  const out: string[] = [];
  const start: Scope = Object.assign(Object.create(null), { "": "", xml: NS.xml });
  const waiting: (string | { readonly element: XmlElement; readonly scope: Scope })[] = [
    { element: { ...root, declarations: inScope(root) }, scope: start },
  ];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (typeof at === "string") {
      out.push(at);
      continue;
    }
    const { element, scope } = at;
    const tag = startTag(element, scope);
    if (element.children.length === 0) {
      out.push(`<${tag.text}/>`);
      continue;
    }
    out.push(`<${tag.text}>`);
    waiting.push(`</${tag.name}>`);
    for (const node of element.children.toReversed()) {
      waiting.push(node.kind === "text" ? escapeXml(node.value) : { element: node, scope: tag.scope });
    }
  }
  return out.join("");
}

function startTag(element: XmlElement, outer: Scope): { text: string; name: string; scope: Scope } {
  const declared: Record<string, string> = Object.assign(Object.create(null), element.declarations);
  const bound = (prefix: string): string | undefined => declared[prefix] ?? outer[prefix];
  const prefix = element.ns === "" ? "" : element.prefix;
  if (bound(prefix) !== element.ns) declared[prefix] = element.ns;
  const name = prefix === "" ? element.local : `${prefix}:${element.local}`;
  const attributes = element.attributes.map((one) => {
    const chosen = attributePrefix(one, { ...outer, ...declared });
    if (chosen !== "" && bound(chosen) !== one.ns) declared[chosen] = one.ns;
    return ` ${chosen === "" ? "" : `${chosen}:`}${one.local}="${escapeAttribute(one.value)}"`;
  });
  const declarations = Object.entries(declared).filter(([declaredName]) => declaredName !== "xml");
  const written = declarations.map(([one, ns]) => ` xmlns${one === "" ? "" : `:${one}`}="${escapeAttribute(ns)}"`);
  const scope = declarations.length === 0 ? outer : Object.assign(Object.create(null), outer, declared);
  return { text: `${name}${written.join("")}${attributes.join("")}`, name, scope };
}

/** The prefix to write: the attribute's own if it fits, else one that is bound to its namespace, else a new one. */
function attributePrefix({ ns, prefix }: XmlAttribute, scope: Scope): string {
  if (ns === "") return "";
  if (prefix !== "" && (scope[prefix] ?? ns) === ns) return prefix;
  const known = Object.keys(scope).find((one) => one !== "" && scope[one] === ns);
  if (known !== undefined) return known;
  for (let n = 1; ; n += 1) if (scope[`ns${n}`] === undefined) return `ns${n}`;
}
