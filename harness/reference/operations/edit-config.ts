import { applyEdit, type EditOptions } from "../edit.ts";
import { inUse, invalidValue, missingElement, type RpcErrorFacts, RpcFailure } from "../rpc-error.ts";
import type { Element } from "../xml-tree.ts";
import { datastoreNamed, OK, parameters, simple } from "./parameters.ts";
import type { Outcome, Request } from "./types.ts";

/**
 * `edit-config` (RFC 6241 §7.2) on running or candidate. An edit is atomic unless error-option is continue-on-error:
 * what stop-on-error leaves behind is open, and here it leaves nothing.
 */
export function editConfig(request: Request): Outcome {
  const { device, session, operation } = request;
  const names = ["target", "default-operation", "error-option", "config"] as const;
  const given = parameters(operation, ...names);
  const name = datastoreNamed(request, given.target, "target");
  if (given.config === undefined) throw missingElement("config");
  const defaultOperation = choice(given["default-operation"], ["merge", "replace", "none"] as const);
  const errorOption = choice(given["error-option"], [
    "stop-on-error",
    "continue-on-error",
    "rollback-on-error",
  ] as const);
  const holder = device.locks.get(name);
  if (holder !== undefined && holder !== session.id) throw inUse(name);
  const errors: RpcErrorFacts[] = [];
  const options: EditOptions = {
    defaultOperation,
    allowRemove: session.modern,
    ...(errorOption === "continue-on-error" && { onError: (failure) => errors.push(...failure.errors) }),
  };
  const { data, edits } = applyEdit(device.datastores[name].read(), given.config, options);
  device.datastores[name].write(data, edits);
  // What is done to candidate is told when it is committed.
  const report = (): void => (name === "running" ? device.baseEvents.configChange(session, edits) : undefined);
  if (errors.length > 0) {
    if (edits.length > 0) report();
    throw new RpcFailure(...errors);
  }
  return edits.length > 0 ? { ...OK, after: report } : OK;
}

/** The value of an enumerated parameter; the first of `values` is the default. */
function choice<Value extends string>(parameter: Element | undefined, values: readonly [Value, ...Value[]]): Value {
  if (parameter === undefined) return values[0];
  const text = simple(parameter);
  const value = values.find((known) => known === text);
  if (value === undefined) throw invalidValue(`The value of ${parameter.local} is not allowed.`);
  return value;
}
