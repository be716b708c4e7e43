/** Namespaces and capabilities of the reference server. */

export const NC = "urn:ietf:params:xml:ns:netconf:base:1.0";
export const NOTIFICATION = "urn:ietf:params:xml:ns:netconf:notification:1.0";
/** RFC 5277 §3.4: the stream tree, replayComplete and notificationComplete. */
export const NETMOD = "urn:ietf:params:xml:ns:netmod:notification";
export const BASE_EVENTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications";
export const XML = "http://www.w3.org/XML/1998/namespace";
/** The suite's own event and the operation that makes the reference emit it. */
export const EVENT = "urn:ncwspec:event";
/** The reference's configuration data. */
export const CONFIG = "urn:ncwspec:reference:config";

export const BASE_10 = "urn:ietf:params:netconf:base:1.0";
export const BASE_11 = "urn:ietf:params:netconf:base:1.1";

/** What the reference can be made to lack, so that the rules for servers without it can be tried. */
export type Feature = "notification" | "interleave" | "xpath" | "candidate";

const CAPABILITIES: readonly string[] = [
  BASE_10,
  BASE_11,
  "urn:ietf:params:netconf:capability:writable-running:1.0",
  "urn:ietf:params:netconf:capability:candidate:1.0",
  "urn:ietf:params:netconf:capability:confirmed-commit:1.1",
  "urn:ietf:params:netconf:capability:rollback-on-error:1.0",
  "urn:ietf:params:netconf:capability:xpath:1.0",
  "urn:ietf:params:netconf:capability:notification:1.0",
  "urn:ietf:params:netconf:capability:interleave:1.0",
  `${BASE_EVENTS}?module=ietf-netconf-notifications&revision=2012-02-06`,
  `${EVENT}?module=ncwspec-event&revision=2026-01-01`,
  `${CONFIG}?module=ncwspec-reference-config&revision=2026-01-01`,
];

/** The capabilities of a server that lacks these; what rests on them is gone too: base events on :notification, confirmed commits on :candidate. */
export function capabilitiesWithout(lacking: ReadonlySet<Feature>): string[] {
  const gone = (uri: string): boolean =>
    [...lacking].some((feature) => uri.includes(`:capability:${feature}:`)) ||
    (lacking.has("candidate") && uri.includes(":confirmed-commit:")) ||
    (lacking.has("notification") && (uri.includes(":interleave:") || uri.startsWith(BASE_EVENTS)));
  return CAPABILITIES.filter((uri) => !gone(uri));
}
