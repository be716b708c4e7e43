/** The ordered probe: an `<rpc>` that selects nothing, whose reply proves that all before it was read. */
import { rpc } from "../../netconf/index.ts";
import type { Connection } from "../../session/connection.ts";
import type { Item } from "../../session/item.ts";
import { type DriveContext, freshMessageId } from "../context.ts";

/** The cheapest operation that every server has: a get whose empty filter selects nothing (RFC 6241 §6.4.2). */
export const cheapOperation = "<get><filter/></get>";

export async function sendProbe(context: DriveContext, connection: Connection, label: string): Promise<void> {
  const messageId = freshMessageId(context, "p");
  context.messageIds.set(label, messageId);
  context.recorder.add({ type: "step", conn: connection.name, step: "rpc", label, detail: { messageId, probe: true } });
  await connection.sendMessage(rpc(messageId, cheapOperation));
  await awaitOutcome(context, connection, messageId);
}

/** Waits for the reply to that rpc, or for the connection to be closed. */
export async function awaitOutcome(context: DriveContext, connection: Connection, messageId: string): Promise<void> {
  await connection.next(
    (item) => isReplyTo(item, messageId) || item.type === "close" || item.type === "end",
    context.target.file.access.deadlines.reply,
  );
}

export function isReplyTo(item: Item, messageId: string): boolean {
  return item.type === "message" && item.netconf?.kind === "rpc-reply" && item.netconf.messageId === messageId;
}
