/** NETCONF messages as text, for sending. Arguments that are XML are put in as they are. */
import { escapeAttribute, escapeXml } from "./escape.ts";
import { NS } from "./types.ts";

/** A hello (RFC 6241 §8.1). A client's has no session-id; whatever is given is sent. */
export function hello(capabilities: readonly string[], sessionId?: number | string): string {
  const list = capabilities.map((uri) => `<capability>${escapeXml(uri)}</capability>`).join("");
  const id = sessionId === undefined ? "" : `<session-id>${escapeXml(String(sessionId))}</session-id>`;
  return `<hello xmlns="${NS.base}"><capabilities>${list}</capabilities>${id}</hello>`;
}

/**
 * An rpc (RFC 6241 §4.1) around one operation.
 * @param messageId `null` leaves the attribute out
 * @param extraAttributes further attributes and namespace declarations, as XML
 */
export function rpc(messageId: string | null, operationXml: string, extraAttributes = ""): string {
  const id = messageId === null ? "" : ` message-id="${escapeAttribute(messageId)}"`;
  const extra = extraAttributes.trim() === "" ? "" : ` ${extraAttributes.trim()}`;
  return `<rpc xmlns="${NS.base}"${id}${extra}>${operationXml}</rpc>`;
}

export interface CreateSubscriptionOptions {
  readonly stream?: string;
  /** A whole filter element: `subtreeFilter(...)`, `xpathFilter(...)` or one's own. */
  readonly filter?: string;
  /** As they are to be written; `formatInstant` makes good ones. */
  readonly startTime?: string;
  readonly stopTime?: string;
}

/** The operation create-subscription with its children in the order of the schema (RFC 5277 §4). */
export function createSubscription(options: CreateSubscriptionOptions = {}): string {
  const leaf = (name: string, value: string | undefined): string =>
    value === undefined ? "" : `<${name}>${escapeXml(value)}</${name}>`;
  const { stream, filter = "", startTime, stopTime } = options;
  const children = `${leaf("stream", stream)}${filter}${leaf("startTime", startTime)}${leaf("stopTime", stopTime)}`;
  return `<create-subscription xmlns="${NS.notification}">${children}</create-subscription>`;
}

/** The operation get (RFC 6241 §7.7) with a whole filter element, or with none: everything. */
export function get(filterXml = ""): string {
  return `<get xmlns="${NS.base}">${filterXml}</get>`;
}

/** The operation close-session (RFC 6241 §7.8). */
export function closeSession(): string {
  return `<close-session xmlns="${NS.base}"/>`;
}

/** The operation kill-session (RFC 6241 §7.9). */
export function killSession(sessionId: number | string): string {
  return `<kill-session xmlns="${NS.base}"><session-id>${escapeXml(String(sessionId))}</session-id></kill-session>`;
}

/**
 * A subtree filter (RFC 6241 §6) in the namespace of the operation it is put into. Trees without a
 * namespace declaration of their own inherit that namespace; a wildcard needs `xmlns=""`.
 */
export function subtreeFilter(treesXml: string): string {
  return `<filter type="subtree">${treesXml}</filter>`;
}

/** An XPath filter (RFC 6241 §8.9) that declares the prefixes of its expression itself. */
export function xpathFilter(select: string, prefixes: Readonly<Record<string, string>> = {}): string {
  const declared = Object.entries(prefixes).map(([prefix, ns]) => ` xmlns:${prefix}="${escapeAttribute(ns)}"`);
  return `<filter type="xpath"${declared.join("")} select="${escapeAttribute(select)}"/>`;
}
