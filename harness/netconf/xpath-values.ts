/** Values of XPath 1.0 and their conversions (§3.2, §4.2 to §4.4). */
import { inDocumentOrder, type XPathNode } from "./xpath-document.ts";

export type ValueType = "nodes" | "string" | "number" | "boolean";
/** A node-set is an array without repetitions. */
export type Value = readonly XPathNode[] | string | number | boolean;

/** The string-value of a node; an evaluation counts what that costs. */
export type Read = (node: XPathNode) => string;

export const isNodeSet = (value: Value): value is readonly XPathNode[] => typeof value === "object";

/** The nodes of a value, none when it is no node-set. */
export const nodesIn = (value: Value): readonly XPathNode[] => (isNodeSet(value) ? value : []);

/** The node-set's first node in document order. */
export function firstOf(nodes: readonly XPathNode[]): XPathNode | undefined {
  return nodes.length < 2 ? nodes[0] : inDocumentOrder(nodes)[0];
}

export function toText(value: Value, read: Read): string {
  if (!isNodeSet(value)) return typeof value === "number" ? numberText(value) : String(value);
  const first = firstOf(value);
  return first === undefined ? "" : read(first);
}

/** Decimal notation without an exponent. */
function numberText(value: number): string {
  if (value === 0) return "0";
  const [digits = "", exponent] = String(value).split("e");
  if (exponent === undefined) return digits;
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  return point <= 0 ? `${sign}0.${"0".repeat(-point)}${all}` : sign + all.padEnd(point, "0");
}

/** White space around a decimal number with an optional minus; all else is NaN. */
export function textToNumber(text: string): number {
  return /^[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*$/.test(text) ? Number(text) : Number.NaN;
}

export function toNumber(value: Value, read: Read): number {
  if (typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : textToNumber(toText(value, read));
}

export function toBoolean(value: Value): boolean {
  if (isNodeSet(value)) return value.length > 0;
  return typeof value === "number" ? value !== 0 && !Number.isNaN(value) : Boolean(value);
}
