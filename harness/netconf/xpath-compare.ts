/** Comparisons of XPath 1.0 (§3.4). */
import type { XPathNode } from "./xpath-document.ts";
import type { Operator } from "./xpath-expression.ts";
import {
  isNodeSet,
  nodesIn,
  type Read,
  textToNumber,
  toBoolean,
  toNumber,
  toText,
  type Value,
} from "./xpath-values.ts";

/** `=`, `!=`, `<`, `<=`, `>` or `>=`: a node-set compares true when one of its nodes does, except beside a boolean. */
export function compare(operator: Operator, left: Value, right: Value, read: Read): boolean {
  if (isNodeSet(left) && typeof right !== "boolean") {
    return left.some((node) => compare(operator, atomOf(node, right, read), right, read));
  }
  if (isNodeSet(right) && typeof left !== "boolean") {
    return right.some((node) => compare(operator, left, atomOf(node, left, read), read));
  }
  return compareAtoms(operator, withoutNodes(left), withoutNodes(right), read);
}

/** A node as what it is compared as: a number beside a number, else a string. */
function atomOf(node: XPathNode, other: Value, read: Read): string | number {
  return typeof other === "number" ? textToNumber(read(node)) : read(node);
}

const withoutNodes = (value: Value): Value => (isNodeSet(value) ? nodesIn(value).length > 0 : value);

function compareAtoms(operator: Operator, left: Value, right: Value, read: Read): boolean {
  switch (operator) {
    case "=":
      return equal(left, right, read);
    case "!=":
      return !equal(left, right, read);
    case "<":
      return toNumber(left, read) < toNumber(right, read);
    case "<=":
      return toNumber(left, read) <= toNumber(right, read);
    case ">":
      return toNumber(left, read) > toNumber(right, read);
    default:
      return toNumber(left, read) >= toNumber(right, read);
  }
}

function equal(left: Value, right: Value, read: Read): boolean {
  const types = [typeof left, typeof right];
  if (types.includes("boolean")) return toBoolean(left) === toBoolean(right);
  if (types.includes("number")) return toNumber(left, read) === toNumber(right, read);
  return toText(left, read) === toText(right, read);
}
