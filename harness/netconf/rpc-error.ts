/** What an rpc-error has to look like (RFC 6241 §4.3, Appendix A). */
import { attribute, childrenNamed, childrenOf, inScope, textOf } from "./tree.ts";
import type { RpcError } from "./types.ts";
import { NS } from "./types.ts";
import { checkXPath } from "./xpath.ts";

export type ErrorType = "transport" | "rpc" | "protocol" | "application";

export interface ErrorTagRule {
  readonly types: readonly ErrorType[];
  /** Children of error-info that must be there. */
  readonly info: readonly string[];
}

const all = ["transport", "rpc", "protocol", "application"] as const;
const rpcUp = ["rpc", "protocol", "application"] as const;
const protocolUp = ["protocol", "application"] as const;

/** RFC 6241 Appendix A: for each error-tag the error-types it may have and the error-info it must have. */
export const ERROR_TAGS: ReadonlyMap<string, ErrorTagRule> = new Map<string, ErrorTagRule>([
  ["in-use", { types: protocolUp, info: [] }],
  ["invalid-value", { types: protocolUp, info: [] }],
  ["too-big", { types: all, info: [] }],
  ["missing-attribute", { types: rpcUp, info: ["bad-attribute", "bad-element"] }],
  ["bad-attribute", { types: rpcUp, info: ["bad-attribute", "bad-element"] }],
  ["unknown-attribute", { types: rpcUp, info: ["bad-attribute", "bad-element"] }],
  ["missing-element", { types: protocolUp, info: ["bad-element"] }],
  ["bad-element", { types: protocolUp, info: ["bad-element"] }],
  ["unknown-element", { types: protocolUp, info: ["bad-element"] }],
  ["unknown-namespace", { types: protocolUp, info: ["bad-element", "bad-namespace"] }],
  ["access-denied", { types: protocolUp, info: [] }],
  ["lock-denied", { types: ["protocol"], info: ["session-id"] }],
  ["resource-denied", { types: all, info: [] }],
  ["rollback-failed", { types: protocolUp, info: [] }],
  ["data-exists", { types: ["application"], info: [] }],
  ["data-missing", { types: ["application"], info: [] }],
  ["operation-not-supported", { types: protocolUp, info: [] }],
  ["operation-failed", { types: rpcUp, info: [] }],
  ["partial-operation", { types: ["application"], info: [] }],
  ["malformed-message", { types: ["rpc"], info: [] }],
]);

export interface RpcErrorProblem {
  /** Catalogue entry: NC-ERR-001 to -006. */
  readonly requirement: string;
  readonly message: string;
}

/** What is wrong with one rpc-error by itself; whether it was the right answer is another question. */
export function checkRpcError(error: RpcError): RpcErrorProblem[] {
  const problem = (number: number, messages: readonly string[]): RpcErrorProblem[] =>
    messages.map((message) => ({ requirement: `NC-ERR-00${number}`, message }));
  return [
    ...problem(1, [...orderProblems(error), ...valueProblems(error)]),
    ...problem(2, infoProblems(error)),
    ...problem(3, typeProblems(error)),
    ...problem(4, languageProblems(error)),
    ...problem(5, pathProblems(error)),
    ...problem(6, error.tag === "partial-operation" ? ["the error-tag partial-operation is obsolete"] : []),
  ];
}

const sequence = ["type", "tag", "severity", "app-tag", "path", "message", "info"].map((part) => `error-${part}`);

/** Presence, number and order of the children; those in other namespaces are let be. */
function orderProblems({ element }: RpcError): string[] {
  const names = childrenOf(element)
    .filter(({ ns }) => ns === NS.base)
    .map(({ local }) => local);
  const missing = sequence.slice(0, 3).filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !sequence.includes(name));
  const repeated = sequence.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  const places = names.map((name) => sequence.indexOf(name)).filter((place) => place !== -1);
  const ordered = places.every((place, index) => index === 0 || (places[index - 1] ?? 0) <= place);
  return [
    ...missing.map((name) => `${name} is missing`),
    ...unknown.map((name) => `rpc-error has no child ${name}`),
    ...repeated.map((name) => `${name} occurs more than once`),
    ...(ordered ? [] : [`the children are in the order ${names.join(", ")}`]),
  ];
}

function valueProblems({ type, tag, severity }: RpcError): string[] {
  const wrong = (name: string, value: string | undefined, allowed: (value: string) => boolean): string[] =>
    value === undefined || allowed(value) ? [] : [`${name} is ${JSON.stringify(value)}`];
  return [
    ...wrong("error-type", type, (value) => (all as readonly string[]).includes(value)),
    ...wrong("error-tag", tag, (value) => ERROR_TAGS.has(value)),
    // `warning` is in the schema, but no defined tag uses it.
    ...wrong("error-severity", severity, (value) => value === "error"),
  ];
}

function infoProblems({ tag, info }: RpcError): string[] {
  const wanted = ERROR_TAGS.get(tag ?? "")?.info ?? [];
  return wanted.flatMap((local) => {
    const found = info.find((one) => one.ns === NS.base && one.local === local);
    if (found === undefined) return [`${tag} without ${local} in error-info`];
    const value = textOf(found);
    if (value === "") return [`${tag} with an empty ${local} in error-info`];
    const numeric = local !== "session-id" || (/^[0-9]+$/.test(value) && Number(value) <= 4_294_967_295);
    return numeric ? [] : [`the session-id in error-info is ${JSON.stringify(value)}`];
  });
}

function typeProblems({ tag, type }: RpcError): string[] {
  const rule = ERROR_TAGS.get(tag ?? "");
  if (rule === undefined || type === undefined || !(all as readonly string[]).includes(type)) return [];
  const allowed: readonly string[] = rule.types;
  return allowed.includes(type) ? [] : [`${tag} has the error-type ${type}, not ${rule.types.join(" or ")}`];
}

function languageProblems({ element }: RpcError): string[] {
  return childrenNamed(element, NS.base, "error-message")
    .filter((message) => attribute(message, NS.xml, "lang") === undefined)
    .map(() => "error-message has no xml:lang");
}

function pathProblems({ path, element }: RpcError): string[] {
  if (path === undefined) return [];
  const shown = JSON.stringify(path);
  if (!path.startsWith("/")) return [`the error-path ${shown} is not absolute`];
  const problem = checkXPath(path, inScope(element));
  return problem === undefined ? [] : [`the error-path ${shown}: ${problem}`];
}
