/** Values, conversions and the core function library of XPath 1.0 (§3.2 to §3.5, §4). */
import { NS } from "./types.ts";
import { inDocumentOrder, stringValue, type XPathNode } from "./xpath-document.ts";

export type ValueType = "nodes" | "string" | "number" | "boolean";
/** A node-set is an array without repetitions. */
export type Value = readonly XPathNode[] | string | number | boolean;

export interface Context {
  readonly node: XPathNode;
  /** From 1. */
  readonly position: number;
  readonly size: number;
}

export interface FunctionRule {
  readonly type: ValueType;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether the arguments must be node-sets; all other arguments are converted. */
  readonly takesNodes: boolean;
  readonly apply: (args: readonly Value[], context: Context) => Value;
}

const isNodes = (value: Value): value is readonly XPathNode[] => typeof value === "object";

/** The node-set's first node in document order. */
function firstOf(nodes: readonly XPathNode[]): XPathNode | undefined {
  return nodes.length < 2 ? nodes[0] : inDocumentOrder(nodes)[0];
}

export function toText(value: Value): string {
  if (isNodes(value)) {
    const first = firstOf(value);
    return first === undefined ? "" : stringValue(first);
  }
  return typeof value === "number" ? numberText(value) : String(value);
}

/** Decimal notation without exponent (§4.2). */
function numberText(value: number): string {
  if (value === 0) return "0";
  const [digits = "", exponent] = String(value).split("e");
  if (exponent === undefined) return digits;
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
  const shift = Number(exponent);
  const point = whole.length + shift;
  const all = whole + fraction;
  return shift < 0 ? `${sign}0.${"0".repeat(-point)}${all}` : sign + all.padEnd(point, "0");
}

/** White space around a decimal number with an optional minus; all else is NaN (§4.4). */
export function textToNumber(text: string): number {
  return /^[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*$/.test(text) ? Number(text) : Number.NaN;
}

export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : textToNumber(toText(value));
}

export function toBoolean(value: Value): boolean {
  if (isNodes(value)) return value.length > 0;
  return typeof value === "number" ? value !== 0 && !Number.isNaN(value) : Boolean(value);
}

export const FUNCTIONS: ReadonlyMap<string, FunctionRule> = functions();

function functions(): Map<string, FunctionRule> {
  const table = new Map<string, FunctionRule>();
  const define = (
    name: string,
    type: ValueType,
    [minimum, maximum]: readonly [number, number],
    apply: FunctionRule["apply"],
    takesNodes = false,
  ): void => {
    table.set(name, { type, minimum, maximum, takesNodes, apply });
  };
  const nodesOf = (value: Value | undefined): readonly XPathNode[] =>
    value !== undefined && isNodes(value) ? value : [];
  /** An argument as text; the context node's where there is none. */
  const text = ([value]: readonly Value[], { node }: Context): string => toText(value ?? [node]);
  const strings = (name: string, type: ValueType, apply: (a: string, b: string) => Value): void =>
    define(name, type, [2, 2], ([a = "", b = ""]) => apply(toText(a), toText(b)));
  const numbers = (name: string, apply: (value: number) => number): void =>
    define(name, "number", [1, 1], ([value = ""]) => apply(toNumber(value)));
  const names = (name: string, apply: (node: XPathNode) => string): void =>
    define(
      name,
      "string",
      [0, 1],
      ([value], { node }) => {
        const first = value === undefined ? node : firstOf(nodesOf(value));
        return first === undefined ? "" : apply(first);
      },
      true,
    );

  define("last", "number", [0, 0], (_, { size }) => size);
  define("position", "number", [0, 0], (_, { position }) => position);
  define("count", "number", [1, 1], ([value]) => nodesOf(value).length, true);
  // Without a document type declaration no attribute is an ID.
  define("id", "nodes", [1, 1], () => []);
  names("local-name", ({ local }) => local);
  names("namespace-uri", ({ ns }) => ns);
  names("name", ({ prefix, local }) => (prefix === "" ? local : `${prefix}:${local}`));

  define("string", "string", [0, 1], text);
  define("concat", "string", [2, Number.POSITIVE_INFINITY], (args) => args.map(toText).join(""));
  strings("starts-with", "boolean", (a, b) => a.startsWith(b));
  strings("contains", "boolean", (a, b) => a.includes(b));
  strings("substring-before", "string", (a, b) => a.slice(0, Math.max(0, a.indexOf(b))));
  strings("substring-after", "string", (a, b) => (a.includes(b) ? a.slice(a.indexOf(b) + b.length) : ""));
  define("substring", "string", [2, 3], ([value = "", start = "", length]) => {
    const from = Math.round(toNumber(start));
    const to = length === undefined ? Number.POSITIVE_INFINITY : from + Math.round(toNumber(length));
    return [...toText(value)].filter((_, index) => index + 1 >= from && index + 1 < to).join("");
  });
  define("string-length", "number", [0, 1], (args, context) => [...text(args, context)].length);
  define("normalize-space", "string", [0, 1], (args, context) =>
    text(args, context)
      .split(/[ \t\r\n]+/)
      .filter((word) => word !== "")
      .join(" "),
  );
  define("translate", "string", [3, 3], ([value = "", from = "", to = ""]) => {
    const targets = [...toText(to)];
    const map = new Map(
      [...toText(from)].map((character, index) => [character, targets[index] ?? ""] as const).reverse(),
    );
    return [...toText(value)].map((character) => map.get(character) ?? character).join("");
  });

  define("boolean", "boolean", [1, 1], ([value = false]) => toBoolean(value));
  define("not", "boolean", [1, 1], ([value = false]) => !toBoolean(value));
  define("true", "boolean", [0, 0], () => true);
  define("false", "boolean", [0, 0], () => false);
  define("lang", "boolean", [1, 1], ([value = ""], { node }) => {
    const wanted = toText(value).toLowerCase();
    const own = languageOf(node)?.toLowerCase();
    return own !== undefined && (own === wanted || own.startsWith(`${wanted}-`));
  });

  define("number", "number", [0, 1], ([value], { node }) => toNumber(value ?? [node]));
  define(
    "sum",
    "number",
    [1, 1],
    ([value]) => nodesOf(value).reduce((sum, node) => sum + textToNumber(stringValue(node)), 0),
    true,
  );
  numbers("floor", Math.floor);
  numbers("ceiling", Math.ceil);
  numbers("round", Math.round);
  return table;
}

/** The xml:lang in force on a node. */
function languageOf(node: XPathNode): string | undefined {
  for (let at: XPathNode | undefined = node; at !== undefined; at = at.parent) {
    const found = at.attributes.find(({ ns, local }) => ns === NS.xml && local === "lang");
    if (found !== undefined) return found.value;
  }
  return undefined;
}
