/** Passive checks on NETCONF: every message of the target in every transcript. */
import type { Report } from "../check-types.ts";
import type { Conversation } from "../conversation.ts";
import { fromTarget } from "../lookup.ts";
import { stretchesOf } from "../stretches.ts";
import { documentReports } from "./documents.ts";
import { helloReports } from "./hello.ts";
import { replyReports } from "./replies.ts";
import { requestReports } from "./requests.ts";

/** Reports on messages, hellos, requests and replies of every connection. */
export function netconfReports(conversation: Conversation): Report[] {
  const { target } = conversation;
  return [...conversation.connections.values()].flatMap((view) => {
    const inOrder = stretchesOf(view).flatMap((part) => [
      ...helloReports(fromTarget(conversation, part.messages), target, part.fromStart),
      ...(target === "server" ? replyReports(conversation, part) : requestReports(part)),
    ]);
    return [...documentReports(fromTarget(conversation, view.messages), target), ...inOrder];
  });
}
