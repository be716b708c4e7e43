/**
 * A message taken apart for validation, each part a document of its own. What no schema looks into is left out
 * (response data, elements of other namespaces, free text), and valid numbers and times are written as one and the
 * same: so the thousands of messages of a run are a few hundred documents. A message is valid when its parts are.
 */
import { childrenOf, readInstant, serialize, textOf } from "../../netconf/index.ts";
import { NS, type XmlElement, type XmlText } from "../../netconf/types.ts";
import type { SchemaName } from "../schemas.ts";

export interface Part {
  readonly name: SchemaName;
  readonly document: string;
}

type Node = XmlElement | XmlText;

/** The parts of a message that a schema describes; none when it is no message of NETCONF. */
export function partsOf(root: XmlElement): Part[] {
  if (root.ns === NS.base && messages.includes(root.local)) return [part("netconf", message(root))];
  if (root.ns !== NS.notification || root.local !== "notification") return [];
  const wrapper = { ...root, declarations: {}, children: root.children.map(inWrapper) };
  return [part("notification", wrapper), ...childrenOf(root).flatMap(eventParts)];
}

const messages = ["hello", "rpc", "rpc-reply"];

function part(name: SchemaName, { parent, ...root }: XmlElement): Part {
  return { name, document: serialize(root) };
}

/** Values of attributes are open, but for the length of message-id (RFC 6241 Appendix B). */
function message(root: XmlElement): XmlElement {
  if (root.local === "hello") return { ...root, children: root.children.map(reduced) };
  const { attributes, declarations, children } = root;
  const ids = attributes.filter(({ ns, local }) => ns === "" && local === "message-id");
  return {
    ...root,
    attributes: ids.map((id) => (id.value.length > 4095 ? id : { ...id, value: "1" })),
    // Prefixes stand in values of error-info only.
    declarations: childrenOf(root).some(({ local }) => local === "rpc-error") ? declarations : {},
    children: children.map(root.local === "rpc" ? hollow : reduced),
  };
}

function inWrapper(node: Node): Node {
  return node.kind === "element" && node.ns !== NS.notification ? hollow(node) : reduced(node);
}

/** The control notifications, and the events of RFC 6470 with their children in the order of the schema. */
function eventParts(content: XmlElement): Part[] {
  if (content.ns === NS.netmod && controls.includes(content.local))
    return [part("netmod", { ...content, declarations: {} })];
  return content.ns === NS.base6470 ? [part("base-notifications", ordered(content))] : [];
}

const controls = ["replayComplete", "notificationComplete"];

/** An element without what it holds. */
function hollow(node: Node): Node {
  return node.kind === "text" ? node : { ...node, attributes: [], declarations: {}, children: [] };
}

/** Elements whose text may be anything. */
const free = ["error-app-tag", "error-path", "error-message", "username", "target"];
const numbers = ["session-id", "killed-by", "timeout"];

function reduced(node: Node): Node {
  if (node.kind === "text") return node;
  const { ns, local, children } = node;
  const isForeign = ns !== NS.base && ns !== NS.notification && ns !== NS.base6470;
  if (isForeign || (ns === NS.base && local === "data")) return hollow(node);
  if (childrenOf(node).length > 0) return { ...node, children: children.map(reduced) };
  const value = leafValue(local, node);
  return value === undefined ? node : { ...node, children: [{ kind: "text", value }] };
}

/** What stands for the value of a leaf in all messages; undefined: only itself does. */
function leafValue(local: string, leaf: XmlElement): string | undefined {
  if (free.includes(local)) return "";
  if (numbers.includes(local)) return /^[1-9]\d{0,8}$/.test(textOf(leaf)) ? "1" : undefined;
  return local === "eventTime" && readInstant(textOf(leaf)) ? "2000-01-01T00:00:00Z" : undefined;
}

/** Children in the order of the module; behind them those that it does not have. */
const order = (
  "changed-by datastore edit added-capability deleted-capability modified-capability " +
  "server username session-id source-host killed-by termination-reason confirm-event timeout target operation"
).split(" ");

/** YANG gives the children of an event no order (RFC 6020 §7.14.2), XML Schema does. */
function ordered(element: XmlElement): XmlElement {
  const place = (node: Node): number => {
    const at = node.kind === "element" && node.ns === NS.base6470 ? order.indexOf(node.local) : -1;
    return at === -1 ? order.length : at;
  };
  const isBranch = childrenOf(element).length > 0;
  const nodes = isBranch ? element.children.filter((node) => node.kind === "element" || node.value.trim() !== "") : [];
  const sorted = nodes.toSorted((a, b) => place(a) - place(b)).map((node) => inEvent(node));
  return isBranch ? { ...element, declarations: {}, children: sorted } : (reduced(element) as XmlElement);
}

function inEvent(node: Node): Node {
  if (node.kind === "text") return node;
  return node.ns === NS.base6470 ? { ...ordered(node), declarations: {} } : hollow(node);
}
