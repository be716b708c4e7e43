/** What a NETCONF message is, seen from its text alone: a proxy must also pass what is no XML. */
import type { MessageKind } from "./types.ts";

const ROOT = /^[\s\uFEFF]*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(?:[\w.-]+:)?([\w.-]+)/s;

/** Kind by the local name of the root element; `rpc-error` is a reply that holds at least one error. */
export function kindOf(text: string): MessageKind {
  const root = ROOT.exec(text)?.[1];
  if (root === "rpc-reply") return /<(?:[\w.-]+:)?rpc-error[\s>]/.test(text) ? "rpc-error" : "rpc-reply";
  return root === "hello" || root === "rpc" || root === "notification" ? root : "other";
}

const RPC_TAG = /<(?:([\w.-]+):)?rpc\b((?:[^>"']|"[^"]*"|'[^']*')*)>/s;

/** Start tag of a reply to this rpc: its attributes and declarations, in the base namespace without a prefix. */
export function replyTag(rpc: string): string {
  const [, prefix, attributes = ""] = RPC_TAG.exec(rpc) ?? [];
  const kept = attributes.replace(/\/\s*$/, "").trimEnd();
  const declared = prefix === undefined && /\sxmlns\s*=/.test(kept);
  const base = declared ? "" : ' xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"';
  return `<rpc-reply${base}${declared ? kept : kept.replace(/\sxmlns\s*=\s*("[^"]*"|'[^']*')/g, "")}>`;
}

/** Value of the unqualified message-id, as written. */
export function messageIdOf(text: string): string | undefined {
  return /<(?:[\w.-]+:)?rpc(?:-reply)?\b[^>]*?\smessage-id\s*=\s*(?:"([^"]*)"|'([^']*)')/s
    .exec(text)
    ?.slice(1)
    .find((value) => value !== undefined);
}
