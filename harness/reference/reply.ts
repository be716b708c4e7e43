import { NC } from "./names.ts";
import { type RpcErrorFacts, rpcErrorElement } from "./rpc-error.ts";
import { type Element, element } from "./xml-tree.ts";
import { writeXml } from "./xml-write.ts";

/** Writes rpc-reply with every attribute and namespace declaration of rpc, errors included (RFC 6241 §4.2). */
export function replyMessage(rpc: Element, content: readonly Element[]): string {
  const { prefix, attributes, declarations } = rpc;
  return writeXml({ ns: NC, local: "rpc-reply", prefix, attributes, declarations, children: content });
}

/** Writes the reply to something that was no rpc and so has no message-id. */
export function anonymousError(facts: RpcErrorFacts): string {
  return writeXml(element(NC, "rpc-reply", rpcErrorElement(facts)));
}
