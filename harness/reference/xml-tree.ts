/** The engine's own XML tree: immutable, by expanded names, without comments and processing instructions. */

export interface Attribute {
  readonly ns: string;
  readonly local: string;
  readonly prefix: string;
  readonly value: string;
}

export interface Element {
  /** Namespace name, "" when none. */
  readonly ns: string;
  readonly local: string;
  readonly prefix: string;
  readonly attributes: readonly Attribute[];
  /** Declarations on this very element: prefix ("" = default) to namespace name. */
  readonly declarations: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

const NOTHING: Readonly<Record<string, string>> = {};

/** Makes an element without attributes. Strings among the children are text. */
export function element(ns: string, local: string, ...children: readonly (Element | string)[]): Element {
  return { ns, local, prefix: "", attributes: [], declarations: NOTHING, children };
}

/** The element children of `parent`, text left out. */
export function elements(parent: Element): Element[] {
  return parent.children.filter((child): child is Element => typeof child !== "string");
}

/** Text directly inside `node`, untrimmed. */
export function textOf(node: Element): string {
  return node.children.filter((child) => typeof child === "string").join("");
}

export function hasText(node: Element): boolean {
  return node.children.some((child) => typeof child === "string" && /[^ \t\r\n]/.test(child));
}

const BLANKS = " \t\r\n";

/** Strips the four white space characters of XML, and no others, from both ends; in linear time. */
export function trimXml(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text.charAt(start))) start++;
  while (end > start && BLANKS.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

export function isNamed(node: Element, ns: string, local: string): boolean {
  return node.ns === ns && node.local === local;
}

/** Value of an attribute that is in no namespace. */
export function attributeOf(node: Element, local: string): string | undefined {
  return node.attributes.find((attribute) => attribute.ns === "" && attribute.local === local)?.value;
}

/** Whether text can stand in an XML 1.0 document at all (production Char). */
export function isXmlText(text: string): boolean {
  return /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(text);
}
