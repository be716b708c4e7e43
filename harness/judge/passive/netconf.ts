/** Passive checks on NETCONF: every message of the target in every transcript. */
import type { Report } from "../check-types.ts";
import type { Conversation } from "../conversation.ts";
import { fromTarget } from "../lookup.ts";
import { documentReports } from "./documents.ts";
import { helloReports } from "./hello.ts";
import { replyReports } from "./replies.ts";
import { requestReports } from "./requests.ts";

/** Reports on messages, hellos, requests and replies of every connection. */
export function netconfReports(conversation: Conversation): Report[] {
  const { target } = conversation;
  return [...conversation.connections.values()].flatMap((view) => {
    const messages = fromTarget(conversation, view.messages);
    const answers = target === "server" ? replyReports(conversation, view) : requestReports(view);
    return [...documentReports(messages, target), ...helloReports(messages, target), ...answers];
  });
}
