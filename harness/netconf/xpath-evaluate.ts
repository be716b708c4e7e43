/** Evaluation of XPath 1.0 expressions (§2, §3). Work is counted, so that no expression runs on for ever. */
import { inDocumentOrder, namespacesOf, stringValue, type XPathDocument, type XPathNode } from "./xpath-document.ts";
import { type Context, FUNCTIONS, textToNumber, toBoolean, toNumber, toText, type Value } from "./xpath-functions.ts";
import type { Expression, NodeTest, Operator, Step } from "./xpath-parser.ts";

/** Visits of nodes that one evaluation may make. */
const maximumWork = 10_000_000;

/** The expression costs more than an evaluation may. */
export class XPathCostError extends Error {}

/** @throws XPathCostError after ten million visits of nodes */
export function evaluateExpression(expression: Expression, document: XPathDocument): Value {
  let work = 0;
  const spend = (visits: number): void => {
    work += visits + 1;
    if (work > maximumWork) throw new XPathCostError(`the evaluation visits more than ${maximumWork} nodes`);
  };

  const evaluate = (of: Expression, context: Context): Value => {
    spend(0);
    switch (of.kind) {
      case "literal":
      case "number":
        return of.value;
      case "negation":
        return -toNumber(evaluate(of.of, context));
      case "operation":
        return operate(of.operator, of.left, of.right, context);
      case "call":
        return (
          FUNCTIONS.get(of.name)?.apply(
            of.args.map((arg) => evaluate(arg, context)),
            context,
          ) ?? []
        );
      case "filter":
        return keep(inDocumentOrder(nodesOf(of.of, context)), of.predicates);
      case "path":
        return walk(startOf(of.from, context), of.steps);
    }
  };
  const nodesOf = (of: Expression, context: Context): readonly XPathNode[] => {
    const value = evaluate(of, context);
    return typeof value === "object" ? value : [];
  };
  const startOf = (from: "root" | "context" | Expression, context: Context): readonly XPathNode[] => {
    if (from === "root") return [document.root];
    return from === "context" ? [context.node] : nodesOf(from, context);
  };

  const operate = (operator: Operator, left: Expression, right: Expression, context: Context): Value => {
    const a = evaluate(left, context);
    // The right side is not evaluated where the left one decides (§3.4).
    if (operator === "or") return toBoolean(a) || toBoolean(evaluate(right, context));
    if (operator === "and") return toBoolean(a) && toBoolean(evaluate(right, context));
    const b = evaluate(right, context);
    if (operator === "|") return [...new Set([...nodeSet(a), ...nodeSet(b)])];
    return arithmetic(operator, a, b) ?? compare(operator, a, b, spend);
  };

  const walk = (start: readonly XPathNode[], steps: readonly Step[]): readonly XPathNode[] => {
    let current = start;
    for (const step of steps) {
      const next = new Set<XPathNode>();
      for (const node of current) {
        const along = axisOf(step.axis, node, document);
        spend(along.length);
        for (const one of keep(
          along.filter((candidate) => passes(step, candidate)),
          step.predicates,
        ))
          next.add(one);
      }
      current = inDocumentOrder([...next]);
    }
    return current;
  };
  /** The nodes for which all predicates hold; positions count along the order given (§2.4). */
  const keep = (nodes: readonly XPathNode[], predicates: readonly Expression[]): readonly XPathNode[] =>
    predicates.reduce(
      (kept, predicate) =>
        kept.filter((node, index) => {
          const value = evaluate(predicate, { node, position: index + 1, size: kept.length });
          return typeof value === "number" ? value === index + 1 : toBoolean(value);
        }),
      nodes,
    );

  return evaluate(expression, { node: document.root, position: 1, size: 1 });
}

const nodeSet = (value: Value): readonly XPathNode[] => (typeof value === "object" ? value : []);

/** Nodes along an axis, nearest first (§2.2). */
function axisOf(axis: Step["axis"], node: XPathNode, { nodes }: XPathDocument): readonly XPathNode[] {
  const inner = node.type === "attribute" || node.type === "namespace";
  switch (axis) {
    case "self":
      return [node];
    case "child":
      return node.children;
    case "attribute":
      return node.attributes;
    case "namespace":
      return namespacesOf(node);
    case "parent":
      return node.parent === undefined ? [] : [node.parent];
    case "ancestor":
      return ancestorsOf(node);
    case "ancestor-or-self":
      return [node, ...ancestorsOf(node)];
    case "descendant":
      return inner ? [] : nodes.slice(node.place + 1, node.last + 1);
    case "descendant-or-self":
      return inner ? [node] : nodes.slice(node.place, node.last + 1);
    case "following":
      // What follows an attribute begins with the content of its element.
      return nodes.slice((inner ? node.place : node.last) + 1);
    case "preceding":
      return nodes
        .slice(0, node.place)
        .filter(({ last }) => last < node.place)
        .reverse();
    case "following-sibling":
      return siblingsOf(node).slice(siblingsOf(node).indexOf(node) + 1);
    case "preceding-sibling":
      return siblingsOf(node)
        .slice(0, Math.max(0, siblingsOf(node).indexOf(node)))
        .reverse();
  }
}

/** Attributes and namespaces have no siblings. */
function siblingsOf(node: XPathNode): readonly XPathNode[] {
  const own = node.type === "element" || node.type === "text";
  return own && node.parent !== undefined ? node.parent.children : [];
}

function ancestorsOf(node: XPathNode): XPathNode[] {
  const found: XPathNode[] = [];
  for (let at = node.parent; at !== undefined; at = at.parent) found.push(at);
  return found;
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

function arithmetic(operator: Operator, left: Value, right: Value): number | undefined {
  const calculate: Partial<Record<Operator, (a: number, b: number) => number>> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    div: (a, b) => a / b,
    mod: (a, b) => a % b,
  };
  return calculate[operator]?.(toNumber(left), toNumber(right));
}

/** Comparisons (§3.4): a node-set compares true when one of its nodes does. */
function compare(operator: Operator, left: Value, right: Value, spend: (visits: number) => void): boolean {
  if (typeof left === "object" && typeof right !== "boolean") {
    return left.some((node) => {
      spend(0);
      return compare(operator, atomOf(node, right), right, spend);
    });
  }
  if (typeof right === "object" && typeof left !== "boolean") {
    return right.some((node) => {
      spend(0);
      return compare(operator, left, atomOf(node, left), spend);
    });
  }
  if (operator !== "=" && operator !== "!=")
    return ordered(operator, toNumber(atBoolean(left)), toNumber(atBoolean(right)));
  const same =
    typeof left === "boolean" || typeof right === "boolean"
      ? toBoolean(left) === toBoolean(right)
      : typeof left === "number" || typeof right === "number"
        ? toNumber(left) === toNumber(right)
        : toText(left) === toText(right);
  return operator === "=" ? same : !same;
}

/** A node as what it is compared as: a number beside a number, else a string. */
const atomOf = (node: XPathNode, other: Value): string | number =>
  typeof other === "number" ? textToNumber(stringValue(node)) : stringValue(node);

/** A node-set beside a boolean is one itself. */
const atBoolean = (value: Value): Value => (typeof value === "object" ? toBoolean(value) : value);

function ordered(operator: Operator, a: number, b: number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}
