/** NETCONF messages: what a document says (RFC 6241 §4, §8.1; RFC 5277 §4). */
import { attribute, child, childrenNamed, childrenOf, textOf } from "./tree.ts";
import type { NetconfMessage, RpcError, XmlElement } from "./types.ts";
import { NS } from "./types.ts";

/**
 * Sorts a document into hello, rpc, rpc-reply, notification or other, by the expanded name of its root.
 * Values are trimmed; nothing is validated: a hello without capabilities is a hello with none.
 */
export function readMessage(root: XmlElement): NetconfMessage {
  if (root.ns === NS.base && root.local === "hello") return readHello(root);
  if (root.ns === NS.base && root.local === "rpc") return readRpc(root);
  if (root.ns === NS.base && root.local === "rpc-reply") return readReply(root);
  if (root.ns === NS.notification && root.local === "notification") return readNotification(root);
  return { kind: "other", root };
}

function readHello(root: XmlElement): NetconfMessage {
  const lists = childrenNamed(root, NS.base, "capabilities");
  const capabilities = lists.flatMap((list) => childrenNamed(list, NS.base, "capability")).map(textOf);
  return { kind: "hello", root, capabilities, ...text("sessionId", child(root, NS.base, "session-id")) };
}

function readRpc(root: XmlElement): NetconfMessage {
  const operation = childrenOf(root)[0];
  return { kind: "rpc", root, ...messageId(root), ...(operation === undefined ? {} : { operation }) };
}

function readReply(root: XmlElement): NetconfMessage {
  const isStatus = (one: XmlElement): boolean => one.ns === NS.base && ["ok", "rpc-error"].includes(one.local);
  return {
    kind: "rpc-reply",
    root,
    ...messageId(root),
    ok: child(root, NS.base, "ok") !== undefined,
    errors: childrenNamed(root, NS.base, "rpc-error").map(readRpcError),
    data: childrenOf(root).filter((one) => !isStatus(one)),
  };
}

function readNotification(root: XmlElement): NetconfMessage {
  const isTime = (one: XmlElement): boolean => one.ns === NS.notification && one.local === "eventTime";
  const content = childrenOf(root).find((one) => !isTime(one));
  return {
    kind: "notification",
    root,
    ...text("eventTime", child(root, NS.notification, "eventTime")),
    ...(content === undefined ? {} : { content }),
  };
}

/** The parts of an rpc-error (RFC 6241 §4.3); `checkRpcError` tells what is wrong with them. */
export function readRpcError(element: XmlElement): RpcError {
  const part = (local: string): XmlElement | undefined => child(element, NS.base, local);
  const info = part("error-info");
  return {
    ...text("type", part("error-type")),
    ...text("tag", part("error-tag")),
    ...text("severity", part("error-severity")),
    ...text("appTag", part("error-app-tag")),
    ...text("path", part("error-path")),
    ...text("message", part("error-message")),
    info: info === undefined ? [] : childrenOf(info),
    element,
  };
}

function messageId(root: XmlElement): { readonly messageId?: string } {
  const value = attribute(root, "", "message-id");
  return value === undefined ? {} : { messageId: value };
}

/** A property only where the element is: `exactOptionalPropertyTypes` knows absent from undefined. */
function text<K extends string>(key: K, element: XmlElement | undefined): { readonly [P in K]?: string } {
  return element === undefined ? {} : ({ [key]: textOf(element) } as { [P in K]: string });
}
