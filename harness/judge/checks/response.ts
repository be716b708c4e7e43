/** Checks on what a 101 response holds, and on what follows it. */
import type { Check } from "../check-types.ts";
import type { ConnectionView } from "../conversation.ts";
import { shownAnswer, shownFrame } from "../describe.ts";
import { broken, fromTarget, held, unseen, viewOf } from "../lookup.ts";

/** `no-field: { on, names }`: none of these fields in the answer, be it whole or not. A refusal keeps the rule. */
export const noField: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  if (view.answer.length === 0 && fromTarget(conversation, view.ends).length === 0)
    return unseen(requirement, `the request on "${String(args["on"])}" was not answered`);
  const lines = headLines(view);
  if (!/^HTTP\/\S+ 101\b/.test(lines[0] ?? "")) return held(requirement, view.lastAt);
  const wanted = (args["names"] as readonly string[]).map((name) => name.toLowerCase());
  const found = lines.slice(1).find((line) => wanted.includes(line.split(":")[0]?.toLowerCase() ?? ""));
  if (found === undefined) return held(requirement, view.headAt ?? view.lastAt);
  return broken(
    requirement,
    `The 101 response has a field ${found.split(":")[0]}, which does not belong there`,
    view.headAt ?? view.lastAt,
    {
      expected: `no ${(args["names"] as readonly string[]).join(", no ")}`,
      got: found,
    },
  );
};

/** Lines of the answer's head from its bytes: an answer of another dialect is none that the reader can finish. */
function headLines(view: ConnectionView): string[] {
  return (
    Buffer.from(view.answer)
      .toString("latin1")
      .split(/\r?\n\r?\n/)[0] ?? ""
  ).split(/\r?\n/);
}

/** `selected: { on, nth }`: the request was answered 101 with the nth (from 1) of the subprotocols it offered. */
export const selected: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.request) return unseen(requirement, `no request went out on "${String(args["on"])}"`);
  const wanted = view.request.subprotocols[Number(args["nth"]) - 1];
  if (wanted === undefined)
    throw new Error(`selected: the request offers no subprotocol number ${String(args["nth"])}`);
  const expected = `HTTP 101 with the subprotocol ${wanted}`;
  const { response } = view;
  if (response?.value.status !== 101)
    return broken(
      requirement,
      "A request that offers a supported subprotocol was not answered with 101",
      response?.at ?? view.lastAt,
      { expected, got: shownAnswer(view) },
    );
  if (response.value.subprotocol === wanted) return held(requirement, response.at);
  return broken(requirement, "A supported subprotocol of the offer was not selected", response.at, {
    expected,
    got: response.value.subprotocol ?? "none",
  });
};

/** `kept: { on, rule }`: the 101 response keeps that rule of the wire (`response-proof`, `response-location`, ...). */
export const kept: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (view?.response?.value.status !== 101)
    return unseen(requirement, `there is no 101 response on "${String(args["on"])}"`);
  const seen = fromTarget(conversation, view.breaches).find((one) => one.breach.rule === args["rule"]);
  return seen ? broken(requirement, seen.breach.message, seen.at) : held(requirement, view.response.at);
};

/** `frame-follows: { on }`: what stands behind the handshake is a frame of the dialect, not a stray byte. */
export const frameFollows: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (view?.response?.value.status !== 101)
    return unseen(requirement, `there is no 101 response on "${String(args["on"])}"`);
  const first = fromTarget(conversation, view.frames)[0];
  const breach = fromTarget(conversation, view.breaches).find(
    (seen) => seen.breach.offset === 0 && !seen.breach.rule.startsWith("response-"),
  );
  if (first && first.frame.kind !== "reserved" && first.frame.kind !== "continuation")
    return held(requirement, first.at);
  if (!first && !breach) return unseen(requirement, `no frame came on "${String(args["on"])}"`);
  return broken(requirement, "The bytes behind the handshake are no frame", first?.at ?? breach?.at ?? view.lastAt, {
    expected: "the first byte of a frame",
    got: first ? shownFrame(first) : (breach?.breach.message ?? ""),
  });
};
