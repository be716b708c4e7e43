import type { DatastoreName } from "../datastore.ts";
import type { FilterContext } from "../filter.ts";
import { CONFIG, NC, NETMOD } from "../names.ts";
import { badElement, invalidValue, missingElement, unknownElement } from "../rpc-error.ts";
import { type Element, element, elements, textOf, trimXml } from "../xml-tree.ts";
import type { Outcome, Request } from "./types.ts";

export const OK: Outcome = { content: [element(NC, "ok")] };

/**
 * The parameters of an operation by name. Parameters are in the namespace of their operation; each
 * occurs at most once.
 * @throws RpcFailure unknown-element, bad-element
 */
export function parameters<Name extends string>(
  operation: Element,
  ...names: readonly Name[]
): Partial<Record<Name, Element>> {
  const found: Partial<Record<Name, Element>> = {};
  for (const child of elements(operation)) {
    const name = names.find((known) => known === child.local);
    if (name === undefined || child.ns !== operation.ns) throw unknownElement(child.local);
    if (found[name]) throw badElement(name, `The parameter ${name} occurs more than once.`);
    found[name] = child;
  }
  return found;
}

/** Text of a simple parameter, trimmed. */
export function simple(parameter: Element): string {
  const [inner] = elements(parameter);
  if (inner) throw unknownElement(inner.local);
  return trimXml(textOf(parameter));
}

/**
 * The datastore that a source or target parameter names.
 * @throws RpcFailure missing-element, bad-element, invalid-value
 */
export function datastoreNamed(
  { device }: Request,
  parameter: Element | undefined,
  name: "source" | "target",
): DatastoreName {
  if (parameter === undefined) throw missingElement(name);
  const [datastore, second] = elements(parameter);
  if (datastore === undefined) throw missingElement("running");
  if (second) throw badElement(second.local, `The parameter ${name} names one datastore.`);
  const { ns, local } = datastore;
  if (ns === NC && (local === "running" || (local === "candidate" && !device.lacking.has("candidate")))) return local;
  throw invalidValue(`There is no datastore ${local}.`);
}

/** How a filter parameter of this request is to be read. */
export function filterContext(request: Request, filter: Element): FilterContext {
  return {
    wildcard: request.session.modern,
    xpath: !request.device.lacking.has("xpath"),
    scope: { ...request.scope, ...filter.declarations },
    keyOf: (node) => {
      const isList = (node.ns === NETMOD && node.local === "stream") || (node.ns === CONFIG && node.local === "entry");
      return isList ? "name" : undefined;
    },
  };
}
