/** Checks on how NETCONF sits on the WebSocket. */
import type { Check } from "../check-types.ts";
import { shownMessage } from "../describe.ts";
import { broken, fromTarget, held, targetEnd, unseen, viewOf } from "../lookup.ts";

/** `no-session: { on }`: the request on that connection gave no NETCONF session: it was refused, or closed without a hello. */
export const noSession: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  const hello = fromTarget(conversation, view.messages).find((message) => message.netconf?.kind === "hello");
  if (hello)
    return broken(requirement, "A NETCONF session was opened that must not be", hello.at, {
      expected: "an HTTP refusal, or the end of the connection without a hello",
      got: shownMessage(hello),
    });
  const refusedAt = view.response?.value.status === 101 ? undefined : view.response?.at;
  const at = refusedAt ?? targetEnd(conversation, view);
  return at === undefined
    ? unseen(requirement, "the request was neither refused nor the connection ended")
    : held(requirement, at);
};
