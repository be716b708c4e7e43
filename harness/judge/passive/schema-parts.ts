/**
 * A message taken apart for validation, each part a document of its own. What no schema looks into is left out
 * (response data, elements of other namespaces, free text), and valid numbers and times are written as one and the
 * same: so the thousands of messages of a run are some dozens of documents. A message is valid when its parts are.
 */
import { childrenOf, escapeAttribute, escapeXml, inScope, readInstant, textOf } from "../../netconf/index.ts";
import { NS, type XmlAttribute, type XmlElement, type XmlText } from "../../netconf/types.ts";
import type { SchemaName } from "../schemas.ts";

export interface Part {
  readonly name: SchemaName;
  readonly document: string;
}

type Node = XmlElement | XmlText;
type Writer = (node: Node) => string;

/** The parts of a message that a schema describes; none when it is no message of NETCONF. */
export function partsOf(root: XmlElement): Part[] {
  if (root.ns === NS.base && messages.includes(root.local)) return [{ name: "netconf", document: message(root) }];
  if (root.ns !== NS.notification || root.local !== "notification") return [];
  const document = element(root, root.attributes, root.children, written);
  return [{ name: "notification", document }, ...childrenOf(root).flatMap(eventParts)];
}

const messages = ["hello", "rpc", "rpc-reply"];
const controls = ["replayComplete", "notificationComplete"];

/** Values of attributes are open, but for the length of message-id (RFC 6241 Appendix B). */
function message(root: XmlElement): string {
  if (root.local === "hello") return element(root, root.attributes, root.children, written);
  const ids = root.attributes.filter(({ ns, local }) => ns === "" && local === "message-id");
  const attributes = ids.map((id) => (id.value.length > 4095 ? id : { ...id, value: "1" }));
  return element(root, attributes, root.children, root.local === "rpc" ? hollow : written);
}

/** The control notifications, and the events of RFC 6470. */
function eventParts(content: XmlElement): Part[] {
  if (content.ns === NS.base6470) return [{ name: "base-notifications", document: inEvent(content) }];
  if (content.ns !== NS.netmod || !controls.includes(content.local)) return [];
  return [{ name: "netmod", document: element(content, content.attributes, content.children, written) }];
}

function element(
  { ns, local }: XmlElement,
  attributes: readonly XmlAttribute[],
  children: readonly Node[],
  write: Writer,
): string {
  const inside = children.map(write).join("");
  return `<${local} xmlns="${escapeAttribute(ns)}"${attributes.map(attribute).join("")}>${inside}</${local}>`;
}

function attribute({ ns, local, value }: XmlAttribute, index: number): string {
  const text = `${local}="${escapeAttribute(value)}"`;
  if (ns === "") return ` ${text}`;
  return ns === NS.xml ? ` xml:${text}` : ` xmlns:a${index}="${escapeAttribute(ns)}" a${index}:${text}`;
}

/** An element without what it holds. */
function hollow(node: Node): string {
  return node.kind === "text" ? escapeXml(node.value) : element(node, [], [], hollow);
}

const ours: readonly string[] = [NS.base, NS.notification];

function written(node: Node): string {
  if (node.kind === "text") return escapeXml(node.value);
  if (!ours.includes(node.ns) || (node.local === "data" && node.ns === NS.base)) return hollow(node);
  return isLeaf(node) ? leaf(node) : element(node, node.attributes, node.children, written);
}

function isLeaf({ children }: XmlElement): boolean {
  return children.every((node) => node.kind === "text");
}

/** Leaves whose text may be anything. */
const free = ["error-app-tag", "error-path", "error-message", "username", "target"];
const numbers = ["session-id", "killed-by", "timeout"];

function leaf(node: XmlElement): string {
  const { local, attributes, children } = node;
  const text = textOf(node);
  if (free.includes(local)) return element(node, attributes, [], hollow);
  const isPlain =
    (numbers.includes(local) && /^[1-9]\d{0,8}$/.test(text)) || (local === "eventTime" && readInstant(text));
  if (!isPlain) return element(node, [...attributes, ...prefixes(node, text)], children, hollow);
  const value = local === "eventTime" ? "2000-01-01T00:00:00Z" : "1";
  return element(node, attributes, [{ kind: "text", value }], hollow);
}

/** The declaration that a QName in error-info needs. */
function prefixes(node: XmlElement, text: string): XmlAttribute[] {
  const [, prefix] = /^([^\s:]+):[^\s:]+$/.exec(text) ?? [];
  const value = prefix === undefined || prefix === "xml" ? undefined : inScope(node)[prefix];
  return value === undefined ? [] : [{ ns: "", local: `xmlns:${prefix}`, prefix: "", value }];
}

/** Children in the order of the schema; behind them those that it does not have. */
const order = (
  "changed-by datastore edit added-capability deleted-capability modified-capability " +
  "server username session-id source-host killed-by termination-reason confirm-event timeout target operation"
).split(" ");

function place(node: Node): number {
  const at = node.kind === "element" && node.ns === NS.base6470 ? order.indexOf(node.local) : -1;
  return at === -1 ? order.length : at;
}

/** YANG gives the children of an event no order (RFC 6020 §7.14.2), XML Schema does. */
function inEvent(node: Node): string {
  if (node.kind === "text") return node.value.trim() === "" ? "" : escapeXml(node.value);
  if (node.ns !== NS.base6470) return hollow(node);
  if (isLeaf(node)) return leaf(node);
  return element(
    node,
    node.attributes,
    node.children.toSorted((a, b) => place(a) - place(b)),
    inEvent,
  );
}
