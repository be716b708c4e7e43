/** Checks on the list of event streams (RFC 5277 §3.2.5, §3.4) and what it promises. */
import { childrenOf, type Instant, readInstant, readStreams } from "../../netconf/index.ts";
import type { Check } from "../check-types.ts";
import { excerpt, shownAfter, shownMessage } from "../describe.ts";
import { broken, documentOf, eventsOf, held, replyTo, rpcOf, unseen, viewOf } from "../lookup.ts";

/** `all-ok: { of }`: every subscription of the step `subscribe-each` with that label was answered, without an error. */
export const allOk: Check = (args, { conversation, requirement }) => {
  const steps = conversation.steps.filter((step) => step.entry.label?.startsWith(`${String(args["of"])}/`));
  for (const { at, entry } of steps) {
    const { label, conn } = entry;
    const reply = replyTo(conversation, label);
    const stream = label?.slice(String(args["of"]).length + 1);
    const view = viewOf(conversation, conn);
    if (!reply)
      return broken(requirement, `The subscription to the listed stream "${stream}" was not answered`, at, {
        expected: `rpc-reply to message-id ${rpcOf(conversation, label)?.messageId ?? ""}`,
        got: view ? shownAfter(view, at, conversation.target) : "no connection",
      });
    if (reply.netconf.errors.length > 0)
      return broken(requirement, `The subscription to the listed stream "${stream}" was refused`, reply.at, {
        expected: "ok",
        got: shownMessage(reply),
      });
  }
  return steps.length === 0 ? unseen(requirement, "no stream to subscribe to is listed") : held(requirement);
};

/**
 * `log-renewed: { of: { reply }, since, on }`: replayLogCreationTime of the stream NETCONF in that reply is not before
 * the last event of mark `since` on `on`, behind which the log was reset (RFC 5277 §3.4).
 */
export const logRenewed: Check = (args, { conversation, requirement }) => {
  const document = documentOf(conversation, args["of"] as Readonly<Record<string, unknown>>);
  const data = document && childrenOf(document.root).find((part) => part.local === "data");
  const view = viewOf(conversation, args["on"]);
  const event = view && eventsOf(conversation, view, String(args["since"])).at(-1);
  const then = readInstant(event?.netconf.eventTime ?? "");
  const created = data && readStreams(data).streams.find(({ name }) => name === "NETCONF")?.replayLogCreationTime;
  if (!document || !created || !then)
    return unseen(requirement, "the event or the creation time of the log is missing");
  if (created.nanos >= truncated(then, created)) return held(requirement, document.at);
  return broken(
    requirement,
    "replayLogCreationTime is older than an event from before the log was reset",
    document.at,
    {
      expected: `not before ${event?.netconf.eventTime ?? ""}`,
      got: excerpt(document.text),
    },
  );
};

/** An instant in the precision of another. */
function truncated(instant: Instant, { fractionDigits }: Instant): bigint {
  const step = 10n ** BigInt(9 - Math.min(9, fractionDigits));
  return (instant.nanos / step) * step;
}
