/**
 * XPath 1.0 expressions as trees. All that can be known without a document is checked here: syntax,
 * prefixes, functions, their arguments, and where a node-set is needed.
 */

import { NS } from "./types.ts";
import { FUNCTIONS, type ValueType } from "./xpath-functions.ts";
import { type Token, tokensOf, XPathSyntaxError } from "./xpath-lexer.ts";

export const AXES = [
  "ancestor",
  "ancestor-or-self",
  "attribute",
  "child",
  "descendant",
  "descendant-or-self",
  "following",
  "following-sibling",
  "namespace",
  "parent",
  "preceding",
  "preceding-sibling",
  "self",
] as const;
export type Axis = (typeof AXES)[number];

export type NodeTest =
  | { readonly kind: "node" | "text" | "comment" | "processing-instruction" }
  /** Either part undefined: any. */
  | { readonly kind: "name"; readonly ns?: string; readonly local?: string };

export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly Expression[];
}

export type Operator = "or" | "and" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "div" | "mod" | "|";

export type Expression =
  | { readonly kind: "literal"; readonly type: "string"; readonly value: string }
  | { readonly kind: "number"; readonly type: "number"; readonly value: number }
  | { readonly kind: "negation"; readonly type: "number"; readonly of: Expression }
  | {
      readonly kind: "operation";
      readonly type: ValueType;
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "call"; readonly type: ValueType; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: "filter";
      readonly type: "nodes";
      readonly of: Expression;
      readonly predicates: readonly Expression[];
    }
  | {
      readonly kind: "path";
      readonly type: "nodes";
      /** What the steps begin with: the root, the context node, or the nodes of an expression. */
      readonly from: "root" | "context" | Expression;
      readonly steps: readonly Step[];
    };

const anyNode: Step = { axis: "descendant-or-self", test: { kind: "node" }, predicates: [] };
const maximumNesting = 100;

/** Binary operators, loosest first (§3.4, §3.5). */
const levels: readonly (readonly Operator[])[] = [
  ["or"],
  ["and"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "div", "mod"],
];

/**
 * @param prefixes namespace names by prefix; an entry "" plays no part, as unprefixed names are in no namespace
 * @throws XPathSyntaxError
 */
export function parseXPath(text: string, prefixes: Readonly<Record<string, string>>): Expression {
  const tokens = tokensOf(text);
  let place = 0;
  let nesting = 0;

  const peek = (): Token => tokens[place] ?? { kind: "end", text: "", at: text.length };
  const shown = ({ kind, text: own }: Token): string => (kind === "end" ? "the end" : JSON.stringify(own));
  const refuse = (what: string): never => {
    throw new XPathSyntaxError(`${what}, at ${shown(peek())}`);
  };
  const accept = (kind: Token["kind"], ...texts: readonly string[]): Token | undefined => {
    const token = peek();
    if (token.kind !== kind || (texts.length > 0 && !texts.includes(token.text))) return undefined;
    place += 1;
    return token;
  };
  const expect = (symbol: string): void => {
    if (accept("punctuation", symbol) === undefined) refuse(`${symbol} is missing`);
  };
  const nested = <T>(read: () => T): T => {
    nesting += 1;
    if (nesting > maximumNesting) refuse(`the expression is nested more than ${maximumNesting} deep`);
    const result = read();
    nesting -= 1;
    return result;
  };
  const nodes = (expression: Expression): Expression =>
    expression.type === "nodes" ? expression : refuse("a node-set is needed");
  const namespaceOf = (prefix: string): string => {
    const ns = prefix === "xml" ? NS.xml : Object.hasOwn(prefixes, prefix) ? prefixes[prefix] : undefined;
    return ns ?? refuse(`the prefix ${prefix} is not declared`);
  };

  const binary = (level: number): Expression => {
    const operators = levels[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (let token = accept("operator", ...operators); token; token = accept("operator", ...operators)) {
      const right = binary(level + 1);
      left = {
        kind: "operation",
        type: level < 4 ? "boolean" : "number",
        operator: token.text as Operator,
        left,
        right,
      };
    }
    return left;
  };
  const expression = (): Expression => nested(() => binary(0));
  const unary = (): Expression => {
    let minus = 0;
    while (accept("operator", "-")) minus += 1;
    const of = union();
    if (minus === 0) return of;
    const once: Expression = { kind: "negation", type: "number", of };
    return minus % 2 === 1 ? once : { kind: "negation", type: "number", of: once };
  };
  const union = (): Expression => {
    let left = path();
    while (accept("operator", "|")) {
      left = { kind: "operation", type: "nodes", operator: "|", left: nodes(left), right: nodes(path()) };
    }
    return left;
  };
  const path = (): Expression => {
    if (accept("operator", "//")) return { kind: "path", type: "nodes", from: "root", steps: [anyNode, ...steps()] };
    if (accept("operator", "/"))
      return { kind: "path", type: "nodes", from: "root", steps: startsStep() ? steps() : [] };
    if (startsStep()) return { kind: "path", type: "nodes", from: "context", steps: steps() };
    const from = filtered();
    const slash = accept("operator", "/", "//");
    if (slash === undefined) return from;
    return {
      kind: "path",
      type: "nodes",
      from: nodes(from),
      steps: slash.text === "/" ? steps() : [anyNode, ...steps()],
    };
  };
  const startsStep = (): boolean => {
    const { kind, text: own } = peek();
    return (
      ["name-test", "node-type", "axis"].includes(kind) || (kind === "punctuation" && [".", "..", "@"].includes(own))
    );
  };
  const steps = (): Step[] => {
    const found = [step()];
    for (let slash = accept("operator", "/", "//"); slash; slash = accept("operator", "/", "//")) {
      if (slash.text === "//") found.push(anyNode);
      found.push(step());
    }
    return found;
  };
  const step = (): Step => {
    if (accept("punctuation", ".")) return { axis: "self", test: { kind: "node" }, predicates: [] };
    if (accept("punctuation", "..")) return { axis: "parent", test: { kind: "node" }, predicates: [] };
    const axis = readAxis();
    return { axis, test: nodeTest(), predicates: predicates() };
  };
  const readAxis = (): Axis => {
    if (accept("punctuation", "@")) return "attribute";
    const name = accept("axis");
    if (name === undefined) return "child";
    expect("::");
    return AXES.find((axis) => axis === name.text) ?? refuse(`there is no axis ${name.text}`);
  };
  const nodeTest = (): NodeTest => {
    const name = accept("name-test");
    if (name !== undefined) return nameTest(name.text);
    const type = accept("node-type");
    if (type === undefined) return refuse("a node test is missing");
    expect("(");
    if (type.text === "processing-instruction") accept("literal");
    expect(")");
    return { kind: type.text as "node" };
  };
  const nameTest = (name: string): NodeTest => {
    const [first = "", second] = name.split(":");
    if (second === undefined) return first === "*" ? { kind: "name" } : { kind: "name", ns: "", local: first };
    const ns = namespaceOf(first);
    return second === "*" ? { kind: "name", ns } : { kind: "name", ns, local: second };
  };
  const predicates = (): Expression[] => {
    const found: Expression[] = [];
    while (accept("punctuation", "[")) {
      found.push(expression());
      expect("]");
    }
    return found;
  };
  const filtered = (): Expression => {
    const of = primary();
    const found = predicates();
    return found.length === 0 ? of : { kind: "filter", type: "nodes", of: nodes(of), predicates: found };
  };
  const primary = (): Expression => {
    const literal = accept("literal");
    if (literal !== undefined) return { kind: "literal", type: "string", value: literal.text };
    const number = accept("number");
    if (number !== undefined) return { kind: "number", type: "number", value: Number(number.text) };
    const variable = accept("variable");
    if (variable !== undefined) return refuse(`the variable ${variable.text} is not bound`);
    const name = accept("function");
    if (name !== undefined) return call(name.text);
    if (accept("punctuation", "(") === undefined) return refuse("an expression is missing");
    const inner = expression();
    expect(")");
    return inner;
  };
  const call = (name: string): Expression => {
    const rule = FUNCTIONS.get(name) ?? refuse(`there is no function ${name}`);
    const args: Expression[] = [];
    expect("(");
    if (accept("punctuation", ")") === undefined) {
      do args.push(expression());
      while (accept("punctuation", ","));
      expect(")");
    }
    if (args.length < rule.minimum || args.length > rule.maximum)
      refuse(`${name} does not take ${args.length} arguments`);
    if (rule.takesNodes) args.map(nodes);
    return { kind: "call", type: rule.type, name, args };
  };

  const whole = expression();
  if (peek().kind !== "end") refuse("the expression ends too late");
  return whole;
}
