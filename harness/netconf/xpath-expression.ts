/** XPath 1.0 expressions as trees. */
import type { ValueType } from "./xpath-values.ts";

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
      /** Where the steps begin: at the root, the context node, or the nodes of an expression. */
      readonly from: "root" | "context" | Expression;
      readonly steps: readonly Step[];
    };
