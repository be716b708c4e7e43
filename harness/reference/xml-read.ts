import type { ParseOption, XmlDocument, XmlElement } from "libxml2-wasm";
import { libxml2 } from "../netconf/libxml2.ts";
import type { Attribute, Element } from "./xml-tree.ts";

export type Reading =
  | { readonly ok: true; readonly root: Element }
  | { readonly ok: false; readonly problem: "malformed" | "doctype" | "limit"; readonly message: string };

/** Bytes of a message are bounded by the transport; depth (256) by libxml2; this bounds the number of nodes. */
const MAX_MARKUP = 200_000;
const MAX_LENGTH = 16 * 1024 * 1024;
/** Readings kept, and the longest message of which one is kept. */
const MAX_KEPT = 2048;
const MAX_KEPT_LENGTH = 2048;
const { XML_PARSE_NONET, XML_PARSE_NO_XXE, XML_PARSE_NO_SYS_CATALOG, XML_PARSE_NOCDATA } = libxml2.ParseOption;
const OPTIONS: ParseOption = XML_PARSE_NONET | XML_PARSE_NO_XXE | XML_PARSE_NO_SYS_CATALOG | XML_PARSE_NOCDATA;

const kept = new Map<string, Reading>();

/**
 * Reads one XML document (RFC 6241 §3), or has read it before: clients say the same again and again, and trees are
 * never changed.
 */
export function readXml(text: string): Reading {
  if (text.length > MAX_KEPT_LENGTH) return readAnew(text);
  const known = kept.get(text);
  if (known) return known;
  const reading = readAnew(text);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(text, reading);
  return reading;
}

/**
 * A document type declaration is refused before any parser sees it, so no entity can be declared, let alone
 * expanded; an encoding other than UTF-8 is refused because a WebSocket text message is UTF-8 already.
 */
function readAnew(text: string): Reading {
  if (text.length > MAX_LENGTH || countMarkup(text) > MAX_MARKUP) {
    return { ok: false, problem: "limit", message: "The message has too much markup or is too long." };
  }
  const prolog = inspectProlog(text);
  if (prolog !== undefined) return prolog;
  let document: XmlDocument;
  try {
    document = libxml2.XmlDocument.fromString(text, { option: OPTIONS });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n")[0] : "";
    return { ok: false, problem: "malformed", message: `The message is not well-formed XML: ${reason}.` };
  }
  try {
    if (text.includes("<?")) removeInstructions(document);
    return { ok: true, root: convert(document.root) };
  } finally {
    document.dispose();
  }
}

/** Looks at what stands before the root element: XML declaration, comments, processing instructions. */
function inspectProlog(text: string): Reading | undefined {
  const declaration = /^\uFEFF?<\?xml[ \t\r\n][^>]*?encoding[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']/.exec(text);
  if (declaration && declaration[1]?.toUpperCase() !== "UTF-8") {
    return { ok: false, problem: "malformed", message: "The message declares an encoding other than UTF-8." };
  }
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  for (;;) {
    while (at < text.length && " \t\r\n".includes(text[at] ?? "x")) at++;
    const end = text.startsWith("<?", at) ? "?>" : text.startsWith("<!--", at) ? "-->" : undefined;
    if (end === undefined) break;
    const close = text.indexOf(end, at + (end === "-->" ? 4 : 2));
    if (close < 0) break;
    at = close + end.length;
  }
  if (!text.startsWith("<!DOCTYPE", at)) return undefined;
  return { ok: false, problem: "doctype", message: "A document type declaration is not allowed (RFC 6241 §3.2)." };
}

function countMarkup(text: string): number {
  let count = 0;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at + 1)) count++;
  return count;
}

/** They mean nothing here, and the library knows no next sibling of a processing instruction. */
function removeInstructions(document: XmlDocument): void {
  const found = document.root.eval("//processing-instruction()");
  if (Array.isArray(found)) for (const instruction of found) instruction.remove();
}

function convert(node: XmlElement): Element {
  const children: (Element | string)[] = [];
  for (let child = node.firstChild; child !== null; child = child.next) {
    if (child instanceof libxml2.XmlElement) children.push(convert(child));
    else if (child instanceof libxml2.XmlText || child instanceof libxml2.XmlCData) children.push(child.content);
  }
  const attributes = node.attrs.map(
    (attribute): Attribute => ({
      ns: attribute.namespaceUri,
      local: attribute.name,
      prefix: attribute.prefix,
      value: attribute.value,
    }),
  );
  return {
    ns: node.namespaceUri,
    local: node.name,
    prefix: node.prefix,
    attributes,
    declarations: node.nsDeclarations,
    children,
  };
}
