/** Checks on frames, closing and TCP. */
import type { Check, CheckContext } from "../check-types.ts";
import type { ConnectionView, Conversation } from "../conversation.ts";
import { hex, shownAfter, shownFrame } from "../describe.ts";
import {
  type Args,
  answerTo,
  broken,
  fromTarget,
  held,
  repliesOn,
  replyTo,
  rpcOf,
  targetEnd,
  unseen,
  viewOf,
  wasSent,
} from "../lookup.ts";

/**
 * `pong: { to, before?, orEnd? }`: the ping with that label was answered with its own payload, and before the reply to
 * that rpc. With `orEnd: true` ending the connection in place of it is right too.
 */
export const pong: Check = (args, { conversation, requirement }) => {
  const step = conversation.step(String(args["to"]));
  const view = step && viewOf(conversation, step.entry.conn);
  if (!step || !view) return unseen(requirement, `the ping "${String(args["to"])}" was not sent`);
  const payload = String(step.entry.detail?.["payload"] ?? "");
  const pongs = fromTarget(conversation, view.frames).filter((seen) => seen.frame.kind === "pong" && seen.at > step.at);
  const right = pongs.find((seen) => Buffer.from(seen.frame.payload).toString("hex") === payload);
  const later = args["before"] === undefined ? undefined : replyTo(conversation, args["before"]);
  if (right && later && later.order < right.order)
    return broken(requirement, "A pong waited for data that was asked for later", right.at, {
      expected: "the pong first",
      got: shownFrame(right),
    });
  if (right) return held(requirement, right.at);
  const end = args["orEnd"] === true ? targetEnd(conversation, view) : undefined;
  if (end !== undefined) return held(requirement, end);
  const first = pongs[0];
  return broken(
    requirement,
    first ? "The pong does not carry the payload of the ping" : "A ping was not answered with a pong",
    first?.at ?? view.lastAt,
    {
      expected: `pong with payload ${payload || "(empty)"}`,
      got: first ? shownFrame(first) : shownAfter(view, step.at, conversation.target),
    },
  );
};

/**
 * `no-frame: { on, kind, after, until?, tolerate? }`: no frame of that kind after the step. Proof that none is still
 * to come: the label `until` was answered; without `until` any later reply, or the end of the connection.
 * `tolerate`: so many may come all the same, as a target may ping on its own account.
 */
export const noFrame: Check = (args, context) => {
  const { conversation, requirement } = context;
  const found = stepOf(args, context);
  if (!found) return unseen(requirement, `step "${String(args["after"])}" was not reached`);
  const frames = fromTarget(conversation, found.view.frames).filter(
    (seen) => seen.frame.kind === args["kind"] && seen.at > found.at,
  );
  const frame = frames[Number(args["tolerate"] ?? 0)];
  if (frame)
    return broken(requirement, `A ${String(args["kind"])} frame came that must not`, frame.at, {
      expected: `no ${String(args["kind"])}`,
      got: shownFrame(frame),
    });
  if (args["until"] !== undefined && !answerTo(conversation, args["until"]))
    return unseen(requirement, `no proof of life: "${String(args["until"])}" was not answered`);
  const isAnswered =
    args["until"] !== undefined || repliesOn(conversation, found.view).some((reply) => reply.at > found.at);
  const proved = isAnswered || closedAfter(context, found.view, found.at);
  return proved ? held(requirement, found.at) : unseen(requirement, "nothing came later that proves the silence");
};

function stepOf(args: Args, { conversation }: CheckContext): { at: number; view: ConnectionView } | undefined {
  const step = conversation.step(String(args["after"]));
  const view = step && viewOf(conversation, args["on"] ?? step.entry.conn);
  return step && view ? { at: step.at, view } : undefined;
}

/**
 * `failed: { after, on?, probe? }`: after that step the target failed the connection: a close frame or the end of
 * TCP, and no answer to the probe that followed.
 */
export const failed: Check = (args, context) => {
  const { conversation, requirement } = context;
  const found = stepOf(args, context);
  if (!found) return unseen(requirement, `step "${String(args["after"])}" was not reached`);
  const { at, view } = found;
  const end = targetEnd(conversation, view);
  if (end !== undefined && end < at)
    return unseen(requirement, `the connection had ended before "${String(args["after"])}"`);
  const answer = args["probe"] === undefined ? undefined : answerTo(conversation, args["probe"]);
  const got = shownAfter(view, at, conversation.target);
  const expected = "the connection is failed: a close frame with a fitting code, or the end of TCP";
  if (answer)
    return broken(
      requirement,
      "The target went on working after input on which it has to fail the connection",
      answer.at,
      { expected, got },
    );
  if (closedAfter(context, view, at)) return held(requirement, at);
  return broken(requirement, "The target neither failed the connection nor answered", view.lastAt, { expected, got });
};

function closedAfter({ conversation }: CheckContext, view: ConnectionView, at: number): boolean {
  return [...fromTarget(conversation, view.closes), ...fromTarget(conversation, view.ends)].some(
    (item) => item.at > at,
  );
}

/** `closed: { on, after? }`: the target closed, by a close frame or by TCP. */
export const closed: Check = (args, context) => {
  const { conversation, requirement } = context;
  const view = viewOf(conversation, args["on"]);
  const after = args["after"] === undefined ? -1 : conversation.step(String(args["after"]))?.at;
  if (!view || after === undefined) return unseen(requirement, `"${String(args["on"])}" did not come so far`);
  if (closedAfter(context, view, after)) return held(requirement, view.lastAt);
  return broken(requirement, "The target did not close the connection", view.lastAt, {
    expected: "a close frame or the end of TCP",
    got: shownAfter(view, after, conversation.target),
  });
};

/** `close-answered: { on }`: our close frame was answered by one of the target's. */
export const closeAnswered: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const ours = view?.closes.find((close) => close.from !== conversation.target);
  if (!view || !ours) return unseen(requirement, "no close frame was sent");
  const theirs = fromTarget(conversation, view.closes)[0];
  if (theirs) return held(requirement, theirs.at);
  return broken(requirement, "Our close frame was not answered", view.lastAt, {
    expected: "a close frame",
    got: shownAfter(view, ours.at, conversation.target),
  });
};

/**
 * `close-frame: { on, failing? }`: the target sent a close frame before it ended TCP. `failing` here and below: what
 * a target does when it fails the connection is asked only of one that did; that it did not is for another rule.
 */
export const closeFrame: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.response) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  const theirs = fromTarget(conversation, view.closes)[0];
  if (theirs) return held(requirement, theirs.at);
  if (goesOn(args, conversation, view)) return unseen(requirement, notFailed);
  return broken(requirement, "The connection ended without a close frame", view.lastAt, {
    expected: "a close frame before the end of TCP",
    got: shownAfter(view, view.response.at, conversation.target),
  });
};

/**
 * `close-code: { on, oneOf?, not?, optional? }`: the code of the target's close frame. `optional`: the end of TCP
 * alone keeps the rule too, as where the connection has to be failed (RFC 6455 §7.1.7).
 */
export const closeCode: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const theirs = view && fromTarget(conversation, view.closes)[0];
  if (view && !theirs && args["optional"] === true && fromTarget(conversation, view.ends).length > 0)
    return held(requirement, view.lastAt);
  if (!view || !theirs) return unseen(requirement, "the target sent no close frame");
  const shown = theirs.code === undefined ? "none" : theirs.code;
  const oneOf = args["oneOf"] as readonly (number | string)[] | undefined;
  const not = args["not"] as readonly (number | string)[] | undefined;
  const fits = (oneOf === undefined || oneOf.includes(shown)) && !not?.includes(shown);
  if (fits) return held(requirement, theirs.at);
  return broken(requirement, "The close frame carries another code", theirs.at, {
    expected: oneOf ? `code ${oneOf.join(" or ")}` : `none of ${not?.join(", ") ?? ""}`,
    got: `code ${shown}${theirs.reason ? ` "${theirs.reason}"` : ""}`,
  });
};

/** `close-reason: { on }`: the reason is text: no control characters, no undecodable bytes. A close without one keeps the rule. */
export const closeReason: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const theirs = view && fromTarget(conversation, view.closes)[0];
  if (!view || !theirs) return unseen(requirement, "the target sent no close frame");
  const reason = theirs.reason ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/.test(reason)) return held(requirement, theirs.at);
  return broken(requirement, "The reason of a close frame is no text", theirs.at, {
    expected: "text for the peer, or none",
    got: hex(Buffer.from(reason)),
  });
};

/** `closes: { on, max }`: the target sent at most that many close frames. */
export const closes: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  // Not `view.closes`: for a reader the first one is the end of the stream.
  const count = fromTarget(conversation, view.frames).filter(({ frame }) => frame.kind === "close").length;
  const max = Number(args["max"]);
  if (count <= max) return held(requirement, view.lastAt);
  return broken(requirement, "More close frames came than may", view.lastAt, {
    expected: `at most ${max}`,
    got: String(count),
  });
};

const notFailed = "the target did not fail the connection";

function goesOn(args: Args, conversation: Conversation, view: ConnectionView): boolean {
  return args["failing"] === true && targetEnd(conversation, view) === undefined;
}

/** `tcp-closed: { on, failing? }`: the target ended TCP. */
export const tcpClosed: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view?.connected) return unseen(requirement, `"${String(args["on"])}" was not connected`);
  const end = fromTarget(conversation, view.ends)[0];
  if (end) return held(requirement, end.at);
  if (goesOn(args, conversation, view)) return unseen(requirement, notFailed);
  return broken(requirement, "The target did not close TCP", view.lastAt, {
    expected: "the end of TCP",
    got: "connection open at the deadline",
  });
};

/**
 * `waits-for-close: { on }`: having sent its close frame the target keeps TCP open until ours has come. It may end its
 * own direction, in which nothing may follow, as long as it does not reset what comes in the other one.
 */
export const waitsForClose: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  const theirs = view && fromTarget(conversation, view.closes)[0];
  if (!view || !theirs) return unseen(requirement, "the target sent no close frame");
  const ours = view.closes.find((close) => close.from !== conversation.target);
  const [end, later] = fromTarget(conversation, view.ends);
  const isOpen = !end || (end.how === "fin" && later === undefined);
  if (ours && (isOpen || end.at > ours.at)) return held(requirement, theirs.at);
  return broken(requirement, "TCP was closed before our close frame could come", end?.at ?? view.lastAt, {
    expected: "TCP open until both close frames were exchanged",
    got: later ? "end of TCP right behind the close frame, and a reset" : "end of TCP right behind the close frame",
  });
};

/**
 * `not-delivered: { rpc, probe?, errors?, failing? }`: the rpc (inside input that must not be taken as a message) has no reply.
 * `errors`: an rpc-error is none, where the input is a message, but not this one. Proof: `probe` answered, or the
 * connection ended.
 */
export const notDelivered: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["rpc"]);
  if (!rpc) return unseen(requirement, `"${String(args["rpc"])}" was not sent`);
  if (!wasSent(conversation, rpc)) return unseen(requirement, `the connection ended before "${String(args["rpc"])}"`);
  if (goesOn(args, conversation, rpc.view)) return unseen(requirement, notFailed);
  const reply = replyTo(conversation, args["rpc"]);
  if (reply && !(args["errors"] === true && reply.netconf.errors.length > 0))
    return broken(requirement, "Input that is no message was taken as one", reply.at, {
      expected: "no reply",
      got: reply.text.slice(0, 300),
    });
  const alive = args["probe"] !== undefined && answerTo(conversation, args["probe"]) !== undefined;
  if (alive || targetEnd(conversation, rpc.view) !== undefined) return held(requirement, rpc.view.lastAt);
  return unseen(requirement, "neither a later probe was answered nor was the connection ended");
};

/**
 * `silent: { on, after }`: no message came on the connection after the step, to its end, which proves it. A target
 * that had ended TCP before the step can send nothing.
 */
export const silent: Check = (args, context) => {
  const { conversation, requirement } = context;
  const found = stepOf(args, context);
  if (!found) return unseen(requirement, `step "${String(args["after"])}" was not reached`);
  const message = fromTarget(conversation, found.view.messages).find((seen) => seen.at > found.at);
  if (!message) {
    const isEnded = fromTarget(conversation, found.view.ends).length > 0;
    return isEnded ? held(requirement, found.at) : unseen(requirement, "TCP did not end, so a message may still come");
  }
  return broken(requirement, "A message came where none may", message.at, {
    expected: "no message",
    got: `${message.text.slice(0, 300)} (${hex(message.data, 24)})`,
  });
};
