import { NC, XML } from "./names.ts";
import { type Element, element } from "./xml-tree.ts";

export type ErrorType = "rpc" | "protocol" | "application";

export interface RpcErrorFacts {
  readonly type: ErrorType;
  readonly tag: string;
  readonly message: string;
  /** Children of error-info, base namespace: name and text. */
  readonly info?: readonly (readonly [name: string, text: string])[];
  /** Absolute XPath and the prefixes it uses. */
  readonly path?: { readonly expression: string; readonly prefixes: Readonly<Record<string, string>> };
}

/** Thrown by an operation; becomes one or more rpc-error elements. */
export class RpcFailure extends Error {
  readonly errors: readonly RpcErrorFacts[];

  constructor(...errors: readonly RpcErrorFacts[]) {
    super(errors[0]?.message ?? "operation failed");
    this.errors = errors;
  }
}

/** Writes rpc-error with its children in schema order (RFC 6241 §4.3, Appendix B). */
export function rpcErrorElement(facts: RpcErrorFacts): Element {
  const children: Element[] = [
    element(NC, "error-type", facts.type),
    element(NC, "error-tag", facts.tag),
    element(NC, "error-severity", "error"),
  ];
  if (facts.path) children.push(element(NC, "error-path", facts.path.expression));
  children.push({
    ...element(NC, "error-message", facts.message),
    attributes: [{ ns: XML, local: "lang", prefix: "xml", value: "en" }],
  });
  if (facts.info) {
    children.push(element(NC, "error-info", ...facts.info.map(([name, text]) => element(NC, name, text))));
  }
  return { ...element(NC, "rpc-error", ...children), declarations: facts.path?.prefixes ?? {} };
}

export function missingElement(name: string, type: ErrorType = "protocol"): RpcFailure {
  const message = `The element ${name} is missing.`;
  return new RpcFailure({ type, tag: "missing-element", message, info: [["bad-element", name]] });
}

export function badElement(name: string, message: string, type: ErrorType = "protocol"): RpcFailure {
  return new RpcFailure({ type, tag: "bad-element", message, info: [["bad-element", name]] });
}

export function unknownElement(name: string, type: ErrorType = "protocol"): RpcFailure {
  const message = `The element ${name} is not known here.`;
  return new RpcFailure({ type, tag: "unknown-element", message, info: [["bad-element", name]] });
}

export function invalidValue(message: string, type: ErrorType = "protocol"): RpcFailure {
  return new RpcFailure({ type, tag: "invalid-value", message });
}

/** Another session stands in the way of a write to that datastore. */
export function inUse(datastore: string): RpcFailure {
  const message = `Another session has its hands on ${datastore}.`;
  return new RpcFailure({ type: "protocol", tag: "in-use", message });
}

export function attributeError(
  tag: "missing-attribute" | "bad-attribute" | "unknown-attribute",
  attribute: string,
  elementName: string,
  type: ErrorType = "protocol",
): RpcFailure {
  const words = { "missing-attribute": "missing", "bad-attribute": "wrong", "unknown-attribute": "not known here" };
  return new RpcFailure({
    type,
    tag,
    message: `The attribute ${attribute} of ${elementName} is ${words[tag]}.`,
    info: [
      ["bad-attribute", attribute],
      ["bad-element", elementName],
    ],
  });
}
