import type { Element } from "./xml-tree.ts";

/** Escapes character data; a carriage return would otherwise be lost to line-end normalisation. */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (c) => (c === "&" ? "&amp;" : c === "<" ? "&lt;" : c === ">" ? "&gt;" : "&#13;"));
}

/** Escapes an attribute value; white space other than blanks would otherwise be normalised away. */
export function escapeAttribute(value: string): string {
  return escapeText(value).replace(/["\t\n]/g, (c) => (c === '"' ? "&quot;" : `&#${c.charCodeAt(0)};`));
}

/**
 * Writes an element. Elements stand in the default namespace wherever that is possible, so that data
 * needs no prefixes; an element that has a prefix bound by `declarations` on itself keeps it.
 * @param inheritedDefault default namespace at the place where the text will stand
 */
export function writeXml(node: Element, inheritedDefault = ""): string {
  const out: string[] = [];
  write(node, inheritedDefault, out);
  return out.join("");
}

function write(node: Element, inheritedDefault: string, out: string[]): void {
  const prefixed = node.prefix !== "" && node.declarations[node.prefix] === node.ns;
  const name = prefixed ? `${node.prefix}:${node.local}` : node.local;
  const declared = node.declarations[""] ?? inheritedDefault;
  const here = prefixed ? declared : node.ns;
  out.push("<", name);
  if (here !== inheritedDefault) out.push(` xmlns="${escapeAttribute(here)}"`);
  for (const [prefix, ns] of Object.entries(node.declarations)) {
    if (prefix !== "") out.push(` xmlns:${prefix}="${escapeAttribute(ns)}"`);
  }
  for (const { prefix, local, value } of node.attributes) {
    out.push(` ${prefix === "" ? local : `${prefix}:${local}`}="${escapeAttribute(value)}"`);
  }
  if (node.children.length === 0) {
    out.push("/>");
    return;
  }
  out.push(">");
  for (const child of node.children) {
    if (typeof child === "string") out.push(escapeText(child));
    else write(child, here, out);
  }
  out.push("</", name, ">");
}
