/** Passive checks on the wire: every breach that the dialect's readers saw in what the target sent. */

import type { WireRule } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, Conversation, SeenBreach } from "../conversation.ts";
import { hex, shownFrame } from "../describe.ts";
import { broken, fromTarget, held } from "../lookup.ts";

/** When a rule can be said to have been kept: the thing it governs was seen. */
const observedBy: Readonly<Partial<Record<WireRule, (view: ConnectionView, conversation: Conversation) => boolean>>> = {
  ...sameFor(
    ["reserved-bits", "reserved-opcode", "mask-required", "mask-forbidden", "length-minimal", "truncated-frame"],
    (view, conversation) => fromTarget(conversation, view.frames).length > 0,
  ),
  "length-top-bit": (view, conversation) =>
    fromTarget(conversation, view.frames).some((seen) => seen.frame.lengthForm === "64"),
  ...sameFor(["control-length", "control-fragmented"], (view, conversation) =>
    fromTarget(conversation, view.frames).some((seen) => ["ping", "pong", "close"].includes(seen.frame.kind)),
  ),
  ...sameFor(
    ["continuation-without-start", "data-inside-message", "text-utf8"],
    (view, conversation) => fromTarget(conversation, view.messages).length > 0,
  ),
  ...sameFor(
    ["close-body-length", "close-code", "close-reason-utf8", "frame-after-close"],
    (view, conversation) => fromTarget(conversation, view.closes).length > 0,
  ),
  ...sameFor(
    [
      "response-syntax",
      "response-upgrade",
      "response-connection",
      "response-accept",
      "response-proof",
      "response-origin",
      "response-location",
      "response-subprotocol",
      "response-extensions",
      "response-duplicate",
      "response-body",
    ],
    (view) => view.response?.value.status === 101,
  ),
  ...sameFor(
    [
      "request-syntax",
      "request-method",
      "request-http-version",
      "request-target",
      "request-host",
      "request-upgrade",
      "request-connection",
      "request-key",
      "request-version",
      "request-origin",
      "request-subprotocol",
      "request-extensions",
      "request-duplicate",
      "request-body",
    ],
    (view) => view.request !== undefined,
  ),
};

function sameFor<T>(rules: readonly WireRule[], value: T): Partial<Record<WireRule, T>> {
  return Object.fromEntries(rules.map((rule) => [rule, value])) as Partial<Record<WireRule, T>>;
}

/** Reports on every rule of the dialect that could be observed. */
export function wireReports(conversation: Conversation): Report[] {
  return [...conversation.connections.values()].flatMap((view) => connectionReports(conversation, view));
}

function connectionReports(conversation: Conversation, view: ConnectionView): Report[] {
  const { target } = conversation;
  const breaches = fromTarget(conversation, view.breaches);
  const reports: Report[] = [];
  for (const seen of breaches) {
    const requirement = view.dialect.requirementFor(seen.breach.rule, target);
    if (requirement !== undefined && !excused(conversation, view, seen))
      reports.push(broken(requirement, seen.breach.message, seen.at, evidence(conversation, view, seen)));
  }
  for (const [rule, observed] of Object.entries(observedBy) as [WireRule, (typeof observedBy)[WireRule]][]) {
    const requirement = view.dialect.requirementFor(rule, target);
    if (requirement === undefined || breaches.some((seen) => seen.breach.rule === rule)) continue;
    if (observed?.(view, conversation)) reports.push(held(requirement, view.lastAt));
  }
  return reports;
}

/**
 * A frame cut by the end of TCP is no breach when the other end cut the connection, nor a status other than 101 as such,
 * nor a close code of the other end that is sent back.
 */
function excused(conversation: Conversation, view: ConnectionView, seen: SeenBreach): boolean {
  if (seen.breach.rule.startsWith("request-")) return false;
  if (seen.breach.rule === "response-status") return true;
  if (seen.breach.rule === "close-code" && isEcho(view, seen)) return true;
  if (seen.breach.rule === "truncated-frame")
    return view.ends.some((end) => end.from !== seen.from && end.at < seen.at);
  if (!seen.breach.rule.startsWith("response-") && isOtherProtocol(conversation, view)) return true;
  return view.response !== undefined && view.response.value.status !== 101;
}

function isEcho(view: ConnectionView, breach: SeenBreach): boolean {
  const code = view.closes.find((close) => close.from === breach.from && close.order > breach.order)?.code;
  return view.closes.some((close) => close.from !== breach.from && close.at < breach.at && close.code === code);
}

/** What follows a 101 without a valid accept (one of hixie-75, say) is not in the frames of this dialect. */
function isOtherProtocol(conversation: Conversation, view: ConnectionView): boolean {
  return fromTarget(conversation, view.breaches).some(({ breach }) => breach.rule === "response-accept");
}

function evidence(conversation: Conversation, view: ConnectionView, seen: SeenBreach): { got?: string } {
  if (seen.breach.rule.startsWith("request-")) return view.asked.length > 0 ? { got: hex(view.asked, 160) } : {};
  const frame = fromTarget(conversation, view.frames).find(
    (candidate) =>
      candidate.at === seen.at &&
      candidate.frame.offset <= seen.breach.offset &&
      seen.breach.offset < candidate.frame.offset + candidate.frame.size,
  );
  if (frame) return { got: shownFrame(frame) };
  return view.answer.length > 0 ? { got: hex(view.answer, 160) } : {};
}
