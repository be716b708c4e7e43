/** Evaluation of XPath 1.0 expressions (§2, §3). Work is counted, so that no expression runs on for ever. */
import { axisOf } from "./xpath-axes.ts";
import { compare } from "./xpath-compare.ts";
import { inDocumentOrder, stringValue, type XPathDocument, type XPathNode } from "./xpath-document.ts";
import type { Expression, NodeTest, Operator, Step } from "./xpath-expression.ts";
import { callOf, FUNCTIONS } from "./xpath-functions.ts";
import { nodesIn, type Read, toBoolean, toNumber, type Value } from "./xpath-values.ts";

/** Visits of nodes that one evaluation may make. */
const maximumWork = 2_000_000;

/** The expression costs more than an evaluation may. */
export class XPathCostError extends Error {}

/** What an expression is evaluated in (§1). */
interface Context {
  readonly node: XPathNode;
  readonly position: number;
  readonly size: number;
  readonly document: XPathDocument;
  readonly spend: (visits: number) => void;
  readonly read: Read;
}

/** @throws XPathCostError after two million visits of nodes */
export function evaluateExpression(expression: Expression, document: XPathDocument): Value {
  let work = 0;
  const spend = (visits: number): void => {
    work += visits + 1;
    if (work > maximumWork) throw new XPathCostError(`the evaluation visits more than ${maximumWork} nodes`);
  };
  const read = (node: XPathNode): string => {
    spend(node.last - node.place);
    return stringValue(node);
  };
  return evaluate(expression, { node: document.root, position: 1, size: 1, document, spend, read });
}

function evaluate(of: Expression, context: Context): Value {
  context.spend(0);
  switch (of.kind) {
    case "literal":
    case "number":
      return of.value;
    case "negation":
      return -toNumber(evaluate(of.of, context), context.read);
    case "operation":
      return operate(of, context);
    case "call": {
      const args = of.args.map((arg) => evaluate(arg, context));
      return FUNCTIONS.get(of.name)?.apply(callOf(args, context)) ?? [];
    }
    case "filter":
      return keep(inDocumentOrder(nodesIn(evaluate(of.of, context))), of.predicates, context);
    case "path":
      return walk(startOf(of.from, context), of.steps, context);
  }
}

function startOf(from: "root" | "context" | Expression, context: Context): readonly XPathNode[] {
  if (from === "root") return [context.document.root];
  return from === "context" ? [context.node] : nodesIn(evaluate(from, context));
}

/** Operators group to the left: a long chain is worked off from its left end and costs no call stack. */
function operate(of: Expression, context: Context): Value {
  const chain: Extract<Expression, { kind: "operation" }>[] = [];
  let left = of;
  for (; left.kind === "operation"; left = left.left) chain.push(left);
  let value = evaluate(left, context);
  for (const { operator, right } of chain.reverse()) value = combine(operator, value, right, context);
  return value;
}

function combine(operator: Operator, a: Value, right: Expression, context: Context): Value {
  // The right side is not evaluated where the left one decides (§3.4).
  if (operator === "or") return toBoolean(a) || toBoolean(evaluate(right, context));
  if (operator === "and") return toBoolean(a) && toBoolean(evaluate(right, context));
  const b = evaluate(right, context);
  if (operator === "|") return [...new Set([...nodesIn(a), ...nodesIn(b)])];
  const calculate = arithmetic[operator];
  if (calculate !== undefined) return calculate(toNumber(a, context.read), toNumber(b, context.read));
  return compare(operator, a, b, context.read);
}

const arithmetic: Partial<Record<Operator, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

/** The nodes that steps lead to, in document order and each once. */
function walk(start: readonly XPathNode[], steps: readonly Step[], context: Context): readonly XPathNode[] {
  let current = start;
  for (const step of steps) {
    const next = new Set<XPathNode>();
    for (const node of current) {
      const along = axisOf(step.axis, node, context.document, context.spend);
      const found = along.filter((candidate) => passes(step, candidate));
      for (const one of keep(found, step.predicates, context)) next.add(one);
    }
    current = inDocumentOrder([...next]);
  }
  return current;
}

/** The nodes for which all predicates hold; positions count along the order given (§2.4). */
function keep(nodes: readonly XPathNode[], predicates: readonly Expression[], context: Context): readonly XPathNode[] {
  return predicates.reduce(
    (kept, predicate) =>
      kept.filter((node, index) => {
        const value = evaluate(predicate, { ...context, node, position: index + 1, size: kept.length });
        return typeof value === "number" ? value === index + 1 : toBoolean(value);
      }),
    nodes,
  );
}

/** Whether a node passes the test of a step: a name is one of the axis's principal node type (§2.3). */
function passes({ axis, test }: Step, node: XPathNode): boolean {
  if (test.kind !== "name") return nodeTypePasses(test, node);
  const principal = axis === "attribute" || axis === "namespace" ? axis : "element";
  if (node.type !== principal) return false;
  return (test.ns === undefined || test.ns === node.ns) && (test.local === undefined || test.local === node.local);
}

/** Comments and processing instructions are not in the tree. */
function nodeTypePasses({ kind }: NodeTest, { type }: XPathNode): boolean {
  return kind === "node" || (kind === "text" && type === "text");
}
