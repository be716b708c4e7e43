import type { Instant } from "./date-time.ts";
import { NETMOD, NOTIFICATION } from "./names.ts";
import { type Element, element } from "./xml-tree.ts";
import { writeXml } from "./xml-write.ts";

/** An event as it went live and as it will be replayed: the same message, byte for byte. */
export interface StoredEvent {
  readonly instant: Instant;
  readonly eventTime: string;
  readonly content: Element;
  readonly message: string;
}

/** Writes the notification message (RFC 5277 §4): eventTime first, then one content element. */
export function notificationMessage(eventTime: string, content: Element): string {
  return writeXml(element(NOTIFICATION, "notification", element(NOTIFICATION, "eventTime", eventTime), content));
}

/** The two notifications that mark phases of a subscription; they belong to no stream and no log. */
export function controlMessage(eventTime: string, which: "replayComplete" | "notificationComplete"): string {
  return notificationMessage(eventTime, element(NETMOD, which));
}
