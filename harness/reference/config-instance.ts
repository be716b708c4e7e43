/** Instances of configuration data: what they are called, and how they are told apart. */
import type { SchemaNode } from "./config-schema.ts";
import { CONFIG } from "./names.ts";
import { type Element, elements, textOf, trimXml } from "./xml-tree.ts";

/** A data node: neither prefix nor attributes of the request survive in the datastore. */
export function plain(node: Element, children: readonly (Element | string)[]): Element {
  return { ns: CONFIG, local: node.local, prefix: "", attributes: [], declarations: {}, children };
}

/** The schema of a child element, undefined for one the model has not. */
export function childOf({ children = {} }: SchemaNode, node: Element): SchemaNode | undefined {
  return node.ns === CONFIG && Object.hasOwn(children, node.local) ? children[node.local] : undefined;
}

/** Whether a node holds text and no elements. */
export function isLeafy(schema: SchemaNode): boolean {
  return schema.kind === "leaf" || schema.kind === "leaf-list";
}

/** White space around typed values is insignificant; free text is kept as it stands. */
export function leafText(node: Element, schema: SchemaNode): string {
  return schema.type ? trimXml(textOf(node)) : textOf(node);
}

/** What tells an instance from its siblings: its name, with the key or, in a leaf-list, the value. */
export function identityOf(node: Element, schema: SchemaNode | undefined): string {
  if (schema?.kind === "list") return `${node.local}\n${keyValue(node, schema)}`;
  return schema?.kind === "leaf-list" ? `${node.local}\n${textOf(node)}` : node.local;
}

/** Value of the key leaf of a list entry, "" without one. */
export function keyValue(node: Element, schema: SchemaNode): string {
  const key = elements(node).find((child) => child.local === schema.key);
  return key ? trimXml(textOf(key)) : "";
}

/** Predicate of an instance-identifier that tells this instance from others; prefix `cfg`. */
export function predicateOf(node: Element, schema: SchemaNode): string {
  if (schema.kind === "list") return `[cfg:${schema.key}=${quote(keyValue(node, schema))}]`;
  return schema.kind === "leaf-list" ? `[.=${quote(textOf(node))}]` : "";
}

/** XPath 1.0 cannot write a string with both quotes; such a rare key loses its double quotes. */
function quote(text: string): string {
  return text.includes("'") ? `"${text.replaceAll('"', "")}"` : `'${text}'`;
}
