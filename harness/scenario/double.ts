/**
 * The conforming server that a drive of the role client plays where its script says nothing: it answers every
 * rpc, and ends the session after close-session as the binding has it.
 */
import { child, formatInstant, fromUnixMs, marker, NS, notification, rpcReply } from "../netconf/index.ts";
import type { NetconfMessage, XmlElement } from "../netconf/types.ts";
import type { Connection } from "../session/connection.ts";

export type Rpc = Extract<NetconfMessage, { kind: "rpc" }>;

/** Capabilities of its hello. */
export const doubleCapabilities: readonly string[] = [
  "urn:ietf:params:netconf:base:1.0",
  "urn:ietf:params:netconf:base:1.1",
  "urn:ietf:params:netconf:capability:notification:1.0",
  "urn:ietf:params:netconf:capability:interleave:1.0",
];

const streams = `<data><netconf xmlns="${NS.netmod}"><streams><stream><name>NETCONF</name><description>default</description><replaySupport>true</replaySupport></stream></streams></netconf></data>`;

/** Content of the right reply, by the operation's local name; any other gets ok. */
const replies: Readonly<Record<string, string>> = { get: streams, "get-config": "<data/>" };

/** Answers an rpc as a conforming server does. @param now milliseconds since 1970 */
export function answerPlainly(connection: Connection, rpc: Rpc, now: number): void {
  const operation = rpc.operation?.local ?? "";
  void connection.sendMessage(rpcReply(rpc.root, replies[operation] ?? "<ok/>"));
  if (rpc.operation && asksForReplay(rpc.operation))
    void connection.sendMessage(notification(formatInstant(fromUnixMs(now)), marker("replayComplete")));
  if (operation === "close-session") endSession(connection);
}

export function asksForReplay(operation: XmlElement): boolean {
  return operation.local === "create-subscription" && child(operation, NS.notification, "startTime") !== undefined;
}

/** After the reply to close-session the server closes the WebSocket. */
export function endSession(connection: Connection): void {
  const payload = connection.dialect.closePayload(1000);
  void connection.sendBytes(connection.encode({ kind: "close", payload }));
}
