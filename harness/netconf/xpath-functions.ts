/** The core function library of XPath 1.0 (§4). */
import { NS } from "./types.ts";
import type { XPathNode } from "./xpath-document.ts";
import {
  firstOf,
  nodesIn,
  type Read,
  textToNumber,
  toBoolean,
  toNumber,
  toText,
  type Value,
  type ValueType,
} from "./xpath-values.ts";

/** A call: its arguments by place, converted as asked for, and the context it stands in. */
export interface Call {
  readonly count: number;
  /** Of an argument that is not there: the context node's. */
  text(place: number): string;
  number(place: number): number;
  boolean(place: number): boolean;
  nodes(place: number): readonly XPathNode[];
  readonly node: XPathNode;
  /** From 1. */
  readonly position: number;
  readonly size: number;
  readonly read: Read;
}

export interface FunctionRule {
  readonly gives: ValueType;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether the arguments must be node-sets; others are converted. */
  readonly takesNodes: boolean;
  readonly apply: (call: Call) => Value;
}

/** A call with these arguments. */
export function callOf(args: readonly Value[], context: Pick<Call, "node" | "position" | "size" | "read">): Call {
  const at = (place: number): Value => args[place] ?? [context.node];
  return {
    ...context,
    count: args.length,
    text: (place) => toText(at(place), context.read),
    number: (place) => toNumber(at(place), context.read),
    boolean: (place) => toBoolean(at(place)),
    nodes: (place) => nodesIn(at(place)),
  };
}

const rule = (gives: ValueType, minimum: number, maximum: number, apply: FunctionRule["apply"]): FunctionRule => ({
  gives,
  minimum,
  maximum,
  takesNodes: false,
  apply,
});
const onNodes = (gives: ValueType, minimum: number, apply: FunctionRule["apply"]): FunctionRule => ({
  ...rule(gives, minimum, 1, apply),
  takesNodes: true,
});
const onNumber = (apply: (value: number) => number): FunctionRule =>
  rule("number", 1, 1, (call) => apply(call.number(0)));
const onTexts = (gives: ValueType, apply: (a: string, b: string) => Value): FunctionRule =>
  rule(gives, 2, 2, (call) => apply(call.text(0), call.text(1)));
/** A part of the name of the first node; "" when there is none. */
const ofName = (apply: (node: XPathNode) => string): FunctionRule =>
  onNodes("string", 0, (call) => {
    const node = firstOf(call.nodes(0));
    return node === undefined ? "" : apply(node);
  });

export const FUNCTIONS: ReadonlyMap<string, FunctionRule> = new Map<string, FunctionRule>([
  ["last", rule("number", 0, 0, (call) => call.size)],
  ["position", rule("number", 0, 0, (call) => call.position)],
  ["count", onNodes("number", 1, (call) => call.nodes(0).length)],
  // Without a document type declaration no attribute is an ID.
  ["id", rule("nodes", 1, 1, () => [])],
  ["local-name", ofName(({ local }) => local)],
  ["namespace-uri", ofName(({ ns }) => ns)],
  ["name", ofName(({ prefix, local }) => (prefix === "" ? local : `${prefix}:${local}`))],

  ["string", rule("string", 0, 1, (call) => call.text(0))],
  ["concat", rule("string", 2, Number.POSITIVE_INFINITY, concat)],
  ["starts-with", onTexts("boolean", (a, b) => a.startsWith(b))],
  ["contains", onTexts("boolean", (a, b) => a.includes(b))],
  ["substring-before", onTexts("string", (a, b) => a.slice(0, Math.max(0, a.indexOf(b))))],
  ["substring-after", onTexts("string", (a, b) => (a.includes(b) ? a.slice(a.indexOf(b) + b.length) : ""))],
  ["substring", rule("string", 2, 3, substring)],
  ["string-length", rule("number", 0, 1, (call) => [...call.text(0)].length)],
  [
    "normalize-space",
    rule("string", 0, 1, (call) =>
      call
        .text(0)
        .split(/[ \t\r\n]+/)
        .filter(Boolean)
        .join(" "),
    ),
  ],
  ["translate", rule("string", 3, 3, translate)],

  ["boolean", rule("boolean", 1, 1, (call) => call.boolean(0))],
  ["not", rule("boolean", 1, 1, (call) => !call.boolean(0))],
  ["true", rule("boolean", 0, 0, () => true)],
  ["false", rule("boolean", 0, 0, () => false)],
  ["lang", rule("boolean", 1, 1, lang)],

  ["number", rule("number", 0, 1, (call) => call.number(0))],
  ["sum", onNodes("number", 1, (call) => call.nodes(0).reduce((sum, node) => sum + textToNumber(call.read(node)), 0))],
  ["floor", onNumber(Math.floor)],
  ["ceiling", onNumber(Math.ceil)],
  // Both round halves up.
  ["round", onNumber(Math.round)],
]);

function concat(call: Call): string {
  return Array.from({ length: call.count }, (_, place) => call.text(place)).join("");
}

/** Characters are counted, not UTF-16 units, and from 1 (§4.2). */
function substring(call: Call): string {
  const from = Math.round(call.number(1));
  const to = call.count === 2 ? Number.POSITIVE_INFINITY : from + Math.round(call.number(2));
  return [...call.text(0)].filter((_, index) => index + 1 >= from && index + 1 < to).join("");
}

function translate(call: Call): string {
  const targets = [...call.text(2)];
  const pairs = [...call.text(1)].map((character, index) => [character, targets[index] ?? ""] as const);
  // Of a repeated character the first place counts.
  const map = new Map(pairs.reverse());
  return [...call.text(0)].map((character) => map.get(character) ?? character).join("");
}

function lang(call: Call): boolean {
  const wanted = call.text(0).toLowerCase();
  for (let at: XPathNode | undefined = call.node; at !== undefined; at = at.parent) {
    const own = at.attributes.find(({ ns, local }) => ns === NS.xml && local === "lang")?.value.toLowerCase();
    if (own !== undefined) return own === wanted || own.startsWith(`${wanted}-`);
  }
  return false;
}
