/**
 * Access control after the manner of NACM (RFC 8341), without its data model: for each user a list of rules, of
 * which the first that fits decides; where none fits, everything may be done that its definition does not guard.
 */
import { EVENT, NC } from "./names.ts";
import { type Element, elements, textOf, trimXml } from "./xml-tree.ts";

/** An expanded name: namespace, a blank, local name. */
export type Name = string;

/** A step of the path to a data node; `key` is the value of the key leaf `name` of a list entry. */
export interface PathStep {
  readonly name: Name;
  readonly key?: string;
}

/** Names are compared whole; `*` is any. A path is that of a node with all below it, the empty one all data. */
export type Rule = { readonly action: "permit" | "deny" } & (
  | { readonly operation: Name | "*" }
  | { readonly notification: Name | "*" }
  | { readonly data: readonly PathStep[] }
);

/** What is asked each time; nothing is remembered, so a right that is taken away is gone at once. */
export interface AccessControl {
  mayExecute(user: string, operation: Element): boolean;
  mayReceive(user: string, content: Element): boolean;
  /** What is left of data when all that the user may not read is taken out with its descendants (RFC 8341 §3.2.4). */
  readable(user: string, data: readonly Element[]): readonly Element[];
}

/** Nobody is kept from anything. */
export const noAccessControl: AccessControl = {
  mayExecute: () => true,
  mayReceive: () => true,
  readable: (_user, data) => data,
};

/** Definitions that carry nacm:default-deny-all (RFC 8341 §3.2.8, RFC 6241 §7.9, RFC 6242). */
const guarded: ReadonlySet<Name> = new Set([`${NC} kill-session`, `${EVENT} guarded-event`]);

/** @param rules by user; a user without rules has none but the defaults */
export function accessControl(rules: ReadonlyMap<string, readonly Rule[]>): AccessControl {
  const rulesOf = (user: string): readonly Rule[] => rules.get(user) ?? [];
  const decide = (name: Name, rule: Rule | undefined): boolean =>
    rule === undefined ? !guarded.has(name) : rule.action === "permit";
  return {
    mayExecute(user, operation) {
      const name = nameOf(operation);
      if (name === `${NC} close-session`) return true;
      const fits = (rule: Rule) => "operation" in rule && (rule.operation === "*" || rule.operation === name);
      return decide(name, rulesOf(user).find(fits));
    },
    mayReceive(user, content) {
      const name = nameOf(content);
      const fits = (rule: Rule) => "notification" in rule && (rule.notification === "*" || rule.notification === name);
      return decide(name, rulesOf(user).find(fits));
    },
    readable(user, data) {
      const own = rulesOf(user).filter((rule) => "data" in rule);
      const mayReadAll = own.length === 0 || (own[0]?.action === "permit" && own[0].data.length === 0);
      return mayReadAll ? data : data.flatMap((node) => readablePart(node, [], own));
    },
  };
}

type DataRule = Extract<Rule, { data: unknown }>;

/** @param above the nodes that it stands in, outermost first */
function readablePart(node: Element, above: readonly Element[], rules: readonly DataRule[]): Element[] {
  const path = [...above, node];
  const rule = rules.find(({ data }) => data.every((step, index) => isStep(step, path[index])));
  if (rule?.action === "deny") return [];
  const children = node.children.flatMap((child): (Element | string)[] =>
    typeof child === "string" ? [child] : readablePart(child, path, rules),
  );
  return [{ ...node, children }];
}

function isStep({ name, key }: PathStep, node: Element | undefined): boolean {
  if (node === undefined || nameOf(node) !== name) return false;
  if (key === undefined) return true;
  return elements(node).some((child) => child.local === "name" && trimXml(textOf(child)) === key);
}

function nameOf({ ns, local }: Element): Name {
  return `${ns} ${local}`;
}
