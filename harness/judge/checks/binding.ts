/** Checks on how NETCONF sits on the WebSocket. */
import type { Check } from "../check-types.ts";
import { shownAnswer, shownMessage } from "../describe.ts";
import { broken, fromTarget, held, targetEnd, unseen, viewOf } from "../lookup.ts";

/**
 * `no-session: { on, orNoConnection? }`: the request on that connection gave no NETCONF session: it was refused, or
 * closed without a hello. With `orNoConnection` it is right too that no connection came about, as TLS was refused.
 */
export const noSession: Check = (args, { conversation, requirement }) => {
  const refused = conversation.transcript.entries.findIndex(
    (entry) => entry.type === "tcp" && entry.conn === args["on"] && entry.event === "refused",
  );
  if (refused >= 0 && args["orNoConnection"] === true) return held(requirement, refused);
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

/** A NETCONF message cannot do without its namespace, and no refusal has a reason to name it. */
const netconf = "urn:ietf:params:xml:ns:netconf:";

/** `no-netconf: { on }`: the request on that connection was not upgraded, and nothing that came in answer is NETCONF. */
export const noNetconf: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  if (view.response?.value.status === 101) return unseen(requirement, "the request was answered with 101");
  const { entries } = conversation.transcript;
  const came = entries.flatMap((entry) =>
    entry.type === "bytes" && entry.conn === view.name && entry.from === conversation.target ? [entry.data] : [],
  );
  if (Buffer.concat(came).includes(netconf))
    return broken(requirement, "NETCONF was sent though the opening handshake did not succeed", view.lastAt, {
      expected: "an HTTP response at most",
      got: shownAnswer(view),
    });
  return came.length > 0 || targetEnd(conversation, view) !== undefined
    ? held(requirement, view.lastAt)
    : unseen(requirement, "the request was neither refused nor the connection ended");
};
