/**
 * Reading XPath 1.0 expressions. All that can be known without a document is checked here: syntax,
 * prefixes, functions, their arguments, and where a node-set is needed.
 */
import { NS } from "./types.ts";
import { type Cursor, cursorOver } from "./xpath-cursor.ts";
import { AXES, type Axis, type Expression, type NodeTest, type Operator, type Step } from "./xpath-expression.ts";
import { FUNCTIONS } from "./xpath-functions.ts";

/** Tokens still to be read, and the prefixes that names may have. */
interface Parser extends Cursor {
  readonly prefixes: Readonly<Record<string, string>>;
}

/**
 * @param prefixes namespace names by prefix; an entry "" plays no part, as unprefixed names are in no namespace
 * @throws XPathSyntaxError
 */
export function parseXPath(text: string, prefixes: Readonly<Record<string, string>>): Expression {
  const parser: Parser = { ...cursorOver(text), prefixes };
  const whole = expression(parser);
  return parser.accept("end") === undefined ? parser.refuse("an operator or the end is missing") : whole;
}

function expression(parser: Parser): Expression {
  return parser.nested(() => binary(parser, 0));
}

/** Binary operators, loosest first (§3.4, §3.5). */
const levels: readonly (readonly Operator[])[] = [
  ["or"],
  ["and"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "div", "mod"],
];

function binary(parser: Parser, level: number): Expression {
  const operators = levels[level];
  if (operators === undefined) return unary(parser);
  const type = level < 4 ? "boolean" : "number";
  let left = binary(parser, level + 1);
  for (let token = parser.accept("operator", ...operators); token; token = parser.accept("operator", ...operators)) {
    const right = binary(parser, level + 1);
    left = { kind: "operation", type, operator: token.text as Operator, left, right };
  }
  return left;
}

function unary(parser: Parser): Expression {
  let minus = 0;
  while (parser.accept("operator", "-")) minus += 1;
  const of = union(parser);
  if (minus === 0) return of;
  const negation: Expression = { kind: "negation", type: "number", of };
  return minus % 2 === 1 ? negation : { kind: "negation", type: "number", of: negation };
}

function union(parser: Parser): Expression {
  let left = path(parser);
  while (parser.accept("operator", "|")) {
    const right = nodes(parser, path(parser));
    left = { kind: "operation", type: "nodes", operator: "|", left: nodes(parser, left), right };
  }
  return left;
}

function nodes(parser: Parser, of: Expression): Expression {
  return of.type === "nodes" ? of : parser.refuse("a node-set is needed");
}

const anyNode: Step = { axis: "descendant-or-self", test: { kind: "node" }, predicates: [] };

function path(parser: Parser): Expression {
  const make = (from: "root" | "context" | Expression, steps: readonly Step[]): Expression => ({
    kind: "path",
    type: "nodes",
    from,
    steps,
  });
  if (parser.accept("operator", "//")) return make("root", [anyNode, ...relative(parser)]);
  if (parser.accept("operator", "/")) return make("root", startsStep(parser) ? relative(parser) : []);
  if (startsStep(parser)) return make("context", relative(parser));
  const from = filtered(parser);
  const slash = parser.accept("operator", "/", "//");
  if (slash === undefined) return from;
  return make(nodes(parser, from), slash.text === "/" ? relative(parser) : [anyNode, ...relative(parser)]);
}

function startsStep(parser: Parser): boolean {
  const { kind, text } = parser.peek();
  if (kind === "punctuation") return [".", "..", "@"].includes(text);
  return ["name-test", "node-type", "axis"].includes(kind);
}

function relative(parser: Parser): Step[] {
  const steps = [step(parser)];
  for (let slash = parser.accept("operator", "/", "//"); slash; slash = parser.accept("operator", "/", "//")) {
    if (slash.text === "//") steps.push(anyNode);
    steps.push(step(parser));
  }
  return steps;
}

function step(parser: Parser): Step {
  if (parser.accept("punctuation", ".")) return { axis: "self", test: { kind: "node" }, predicates: [] };
  if (parser.accept("punctuation", "..")) return { axis: "parent", test: { kind: "node" }, predicates: [] };
  const axis = readAxis(parser);
  const test = nodeTest(parser);
  return { axis, test, predicates: readPredicates(parser) };
}

function readAxis(parser: Parser): Axis {
  if (parser.accept("punctuation", "@")) return "attribute";
  const name = parser.accept("axis");
  if (name === undefined) return "child";
  parser.expect("::");
  return AXES.find((axis) => axis === name.text) ?? parser.refuse(`there is no axis ${name.text}`);
}

function nodeTest(parser: Parser): NodeTest {
  const name = parser.accept("name-test");
  if (name !== undefined) return nameTest(parser, name.text);
  const type = parser.accept("node-type");
  if (type === undefined) return parser.refuse("a node test is missing");
  parser.expect("(");
  if (type.text === "processing-instruction") parser.accept("literal");
  parser.expect(")");
  return { kind: type.text as "node" };
}

function nameTest(parser: Parser, name: string): NodeTest {
  const [first = "", second] = name.split(":");
  if (second === undefined) return first === "*" ? { kind: "name" } : { kind: "name", ns: "", local: first };
  const own = Object.hasOwn(parser.prefixes, first) ? parser.prefixes[first] : undefined;
  const ns = first === "xml" ? NS.xml : (own ?? parser.refuse(`the prefix ${first} is not declared`));
  return second === "*" ? { kind: "name", ns } : { kind: "name", ns, local: second };
}

function readPredicates(parser: Parser): Expression[] {
  const found: Expression[] = [];
  while (parser.accept("punctuation", "[")) {
    found.push(expression(parser));
    parser.expect("]");
  }
  return found;
}

function filtered(parser: Parser): Expression {
  const of = primary(parser);
  const predicates = readPredicates(parser);
  return predicates.length === 0 ? of : { kind: "filter", type: "nodes", of: nodes(parser, of), predicates };
}

function primary(parser: Parser): Expression {
  const literal = parser.accept("literal");
  if (literal !== undefined) return { kind: "literal", type: "string", value: literal.text };
  const number = parser.accept("number");
  if (number !== undefined) return { kind: "number", type: "number", value: Number(number.text) };
  const variable = parser.accept("variable");
  if (variable !== undefined) return parser.refuse(`the variable ${variable.text} is not bound`);
  const name = parser.accept("function");
  if (name !== undefined) return call(parser, name.text);
  if (parser.accept("punctuation", "(") === undefined) return parser.refuse("an expression is missing");
  const inner = expression(parser);
  parser.expect(")");
  return inner;
}

function call(parser: Parser, name: string): Expression {
  const rule = FUNCTIONS.get(name) ?? parser.refuse(`there is no function ${name}`);
  const args: Expression[] = [];
  parser.expect("(");
  if (parser.accept("punctuation", ")") === undefined) {
    do args.push(expression(parser));
    while (parser.accept("punctuation", ","));
    parser.expect(")");
  }
  if (args.length < rule.minimum || args.length > rule.maximum) {
    parser.refuse(`${name} does not take ${args.length} arguments`);
  }
  if (rule.takesNodes) for (const arg of args) nodes(parser, arg);
  return { kind: "call", type: rule.gives, name, args };
}
