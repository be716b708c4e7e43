/** The messages of a server as text, for sending. Arguments that are XML are put in as they are. */
import { escapeXml } from "./escape.ts";
import { serialize } from "./serialize.ts";
import { NS, type XmlElement } from "./types.ts";

/**
 * The rpc-reply to an rpc, with all its attributes (RFC 6241 §4.2).
 * @param content in the base namespace where it declares none
 * @param messageId in place of the rpc's; `null` leaves it out
 */
export function rpcReply(rpc: XmlElement, content: string, messageId?: string | null): string {
  const others = rpc.attributes.filter(
    ({ ns, local }) => messageId === undefined || ns !== "" || local !== "message-id",
  );
  const own = typeof messageId === "string" ? [{ ns: "", local: "message-id", prefix: "", value: messageId }] : [];
  const start = serialize({
    kind: "element",
    ns: NS.base,
    local: "rpc-reply",
    prefix: "",
    attributes: [...own, ...others],
    declarations: { ...rpc.declarations, "": NS.base },
    children: [],
  });
  return `${start.replace(/\/>$/, ">")}${content}</rpc-reply>`;
}

/** An rpc-error of the application layer (RFC 6241 §4.3). */
export function rpcError(tag: string, message = "The suite refuses this."): string {
  return `<rpc-error><error-type>application</error-type><error-tag>${escapeXml(tag)}</error-tag><error-severity>error</error-severity><error-message xml:lang="en">${escapeXml(message)}</error-message></rpc-error>`;
}

/** A notification (RFC 5277 §4). */
export function notification(eventTime: string, content: string): string {
  return `<notification xmlns="${NS.notification}"><eventTime>${escapeXml(eventTime)}</eventTime>${content}</notification>`;
}

/** Content of the notifications replayComplete and notificationComplete (RFC 5277 §4). */
export function marker(local: "replayComplete" | "notificationComplete"): string {
  return `<${local} xmlns="${NS.netmod}"/>`;
}
