/** Checks on the exchange of hellos. */
import type { Check } from "../check-types.ts";
import { shownAnswer, shownMessage } from "../describe.ts";
import { broken, fromTarget, held, unseen, viewOf } from "../lookup.ts";

/**
 * `unprompted: { on }`: the hello of the peer came before ours went out on that connection (RFC 6241 §8.1). The drive
 * has to wait for it first; where it comes only then, or not at all, the peer waited.
 */
export const unprompted: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  const ours = conversation.steps.find(({ entry }) => entry.step === "hello" && entry.conn === view.name);
  const hello = fromTarget(conversation, view.messages).find((message) => message.netconf?.kind === "hello");
  if (hello && (ours === undefined || hello.at < ours.at)) return held(requirement, hello.at);
  return broken(requirement, "The peer did not send its hello unprompted", hello?.at ?? view.lastAt, {
    expected: "hello as soon as the connection is open",
    got: hello ? `behind ours: ${shownMessage(hello)}` : `no hello; ${shownAnswer(view)}`,
  });
};
