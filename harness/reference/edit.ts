import { childOf, identityOf, isLeafy, keyValue, leafText, plain, predicateOf } from "./config-instance.ts";
import { CONFIG_SCHEMA, type SchemaNode } from "./config-schema.ts";
import { CONFIG, NC } from "./names.ts";
import { attributeError, invalidValue, missingElement, RpcFailure, unknownElement } from "./rpc-error.ts";
import { type Element, elements, hasText, textOf, trimXml } from "./xml-tree.ts";

export type EditOperation = "merge" | "replace" | "create" | "delete" | "remove" | "none";

/** One change that was made, as netconf-config-change reports it (RFC 6470 §2.2). */
export interface Edit {
  /** Instance-identifier with the prefix `cfg` for {@link CONFIG}. */
  readonly target: string;
  readonly operation: Exclude<EditOperation, "none">;
}

export interface EditOptions {
  readonly defaultOperation: "merge" | "replace" | "none";
  /** base:1.1 has the operation remove; base:1.0 has not. */
  readonly allowRemove: boolean;
  /** Called with an error instead of throwing it: error-option continue-on-error. The node stays as it is. */
  readonly onError?: (failure: RpcFailure) => void;
}

export interface EditResult {
  readonly data: readonly Element[];
  readonly edits: readonly Edit[];
}

interface Walk extends EditOptions {
  readonly edits: Edit[];
}

interface Place {
  readonly path: string;
  readonly operation: EditOperation;
  /** Below something just created or replaced: its changes are told by the ancestor's entry. */
  readonly told: boolean;
}

/**
 * Applies the children of `config` to `data` (RFC 6241 §7.2). A node without an operation attribute has
 * the operation of its parent, else the default operation (erratum 4066).
 * @throws {@link RpcFailure} at the first error unless `onError` is given; `data` is never altered
 */
export function applyEdit(data: readonly Element[], config: Element, options: EditOptions): EditResult {
  const walk: Walk = { ...options, edits: [] };
  const place: Place = { path: "", operation: options.defaultOperation, told: false };
  return { data: editChildren(data, config, CONFIG_SCHEMA, place, walk), edits: walk.edits };
}

function editChildren(
  existing: readonly Element[],
  config: Element,
  schema: SchemaNode,
  place: Place,
  walk: Walk,
): Element[] {
  const children = new Map<string, Element>();
  for (const child of existing) children.set(identityOf(child, childOf(schema, child)), child);
  for (const node of elements(config)) {
    const childSchema = childOf(schema, node);
    if (childSchema && node.local === schema.key) continue;
    try {
      if (node.ns !== CONFIG) throw unknownNamespace(node);
      if (childSchema === undefined) throw unknownElement(node.local, "application");
      editNode(children, node, childSchema, place, walk);
    } catch (error) {
      if (!(error instanceof RpcFailure) || walk.onError === undefined) throw error;
      walk.onError(error);
    }
  }
  return [...children.values()];
}

function editNode(siblings: Map<string, Element>, node: Element, schema: SchemaNode, parent: Place, walk: Walk): void {
  checkShape(node, schema);
  const operation = operationOf(node, walk) ?? parent.operation;
  const identity = identityOf(node, schema);
  const existing = siblings.get(identity);
  const path = `${parent.path}/cfg:${node.local}${predicateOf(node, schema)}`;
  if (operation === "create" && existing) throw dataError("data-exists", path);
  // A container without presence exists as soon as its parent does (RFC 7950 §7.5.1).
  const implied = operation === "none" && schema.kind === "container";
  if ((operation === "delete" || operation === "none") && !existing && !implied) throw dataError("data-missing", path);
  if (operation === "delete" || operation === "remove") {
    if (existing && !parent.told) walk.edits.push({ target: path, operation });
    siblings.delete(identity);
    return;
  }
  if (!isLeafy(schema)) {
    const made = editInner(existing, node, schema, { path, operation, told: parent.told }, walk);
    if (existing || !implied || made.children.length > 0) siblings.set(identity, made);
    return;
  }
  const value = leafText(node, schema);
  if (existing && (operation === "none" || textOf(existing) === value)) return;
  if (!parent.told) walk.edits.push({ target: path, operation: operation === "none" ? "merge" : operation });
  siblings.set(identity, plain(node, value === "" ? [] : [value]));
}

function editInner(
  existing: Element | undefined,
  node: Element,
  schema: SchemaNode,
  place: Place,
  walk: Walk,
): Element {
  const fresh = existing === undefined || place.operation === "replace";
  const key = elements(node).find((child) => child.local === schema.key);
  const keys = key ? [plain(key, [trimXml(textOf(key))])] : [];
  const base = fresh ? keys : elements(existing);
  if (fresh && !place.told && place.operation !== "none") {
    walk.edits.push({ target: place.path, operation: place.operation });
  }
  const told = place.told || (fresh && place.operation !== "none");
  const children = editChildren(base, node, schema, { ...place, told }, walk);
  return plain(node, children);
}

function checkShape(node: Element, schema: SchemaNode): void {
  if (isLeafy(schema)) {
    const [inner] = elements(node);
    if (inner) throw unknownElement(inner.local, "application");
    if (schema.type && !removes(node) && !schema.type.test(trimXml(textOf(node)))) {
      throw invalidValue(`The value of ${node.local} is not allowed.`, "application");
    }
    return;
  }
  if (hasText(node)) throw invalidValue(`${node.local} cannot hold text.`, "application");
  if (schema.kind !== "list") return;
  if (keyValue(node, schema) === "") throw missingElement(schema.key ?? "", "application");
}

function removes(node: Element): boolean {
  return node.attributes.some(
    ({ ns, local, value }) => ns === NC && local === "operation" && /delete|remove/.test(value),
  );
}

function operationOf(node: Element, walk: Walk): EditOperation | undefined {
  let operation: EditOperation | undefined;
  for (const { ns, local, value } of node.attributes) {
    if (ns !== NC || local !== "operation") throw attributeError("unknown-attribute", local, node.local, "application");
    const known = ["merge", "replace", "create", "delete"].includes(value) || (value === "remove" && walk.allowRemove);
    if (!known) throw attributeError("bad-attribute", "operation", node.local, "application");
    operation = value as EditOperation;
  }
  return operation;
}

function dataError(tag: "data-exists" | "data-missing", expression: string): RpcFailure {
  const message = tag === "data-exists" ? "The data to be created exists already." : "The data does not exist.";
  return new RpcFailure({
    type: "application",
    tag,
    message,
    path: { expression, prefixes: { cfg: CONFIG } },
  });
}

function unknownNamespace(node: Element): RpcFailure {
  return new RpcFailure({
    type: "application",
    tag: "unknown-namespace",
    message: `No data model has the namespace of ${node.local}.`,
    info: [
      ["bad-element", node.local],
      ["bad-namespace", node.ns],
    ],
  });
}
