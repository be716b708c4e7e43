/** Checks on replies. */
import {
  assertXPath,
  canonical,
  childrenOf,
  elementsOf,
  hasCapability,
  readStreams,
  textOf,
} from "../../netconf/index.ts";
import type { Check } from "../check-types.ts";
import { excerpt, shownAfter, shownMessage } from "../describe.ts";
import {
  answersTo,
  broken,
  documentOf,
  fillIn,
  fromTarget,
  held,
  repliesOn,
  replyTo,
  rpcOf,
  stoppedBeforeWaiting,
  targetEnd,
  unknownSession,
  unseen,
  viewOf,
  wasSent,
} from "../lookup.ts";

/**
 * `replied: { to, orEnd? }`: the request was answered, with whatever. `unseen` when a message that cannot be read came
 * instead: whose answer it is, nobody can tell, and the passive checks have its fault. With `orEnd` it is right too that
 * the target ended that connection before the request could go out.
 */
export const replied: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  const view = args["orEnd"] === undefined ? undefined : viewOf(conversation, args["orEnd"]);
  const end = view && targetEnd(conversation, view);
  if (end !== undefined && end < (rpc?.step.at ?? Number.POSITIVE_INFINITY)) return held(requirement, end);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const reply = replyTo(conversation, args["to"]);
  if (reply) return held(requirement, reply.at);
  const unread = fromTarget(conversation, rpc.view.messages).some(({ at, netconf }) => at > rpc.step.at && !netconf);
  if (unread) return unseen(requirement, "a message came that cannot be read");
  return broken(requirement, "A request was not answered", rpc.view.lastAt, {
    expected: `rpc-reply to message-id ${rpc.messageId}`,
    got: shownAfter(rpc.view, rpc.step.at, conversation.target),
  });
};

/** `ok: { to }`: the reply carries no rpc-error. */
export const ok: Check = (args, context) => {
  const { conversation, requirement } = context;
  const reply = replyTo(conversation, args["to"]);
  if (!reply) return replied(args, context);
  if (reply.netconf.errors.length === 0) return held(requirement, reply.at);
  return broken(requirement, "A request that is right was refused", reply.at, {
    expected: "ok or data",
    got: shownMessage(reply),
  });
};

/**
 * `error: { to, tag?, type?, severity?, info?, closed? }`: the reply is an rpc-error with one of these tags
 * and types, and error-info children as named (`info: { bad-element: startTime }`; `*`: whatever it says).
 * `closed: true`: ending the session instead is right too.
 */
export const error: Check = (args, context) => {
  const { conversation, requirement } = context;
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const reply = replyTo(conversation, args["to"]);
  if (!reply) {
    const end = targetEnd(conversation, rpc.view);
    if (args["closed"] === true && end !== undefined && end > rpc.step.at) return held(requirement, end);
    return replied(args, context);
  }
  const expected = expectedError(args);
  const first = reply.netconf.errors[0];
  if (!first)
    return broken(requirement, "A request that must be refused was carried out", reply.at, {
      expected,
      got: shownMessage(reply),
    });
  const problem = errorsProblem(args, reply.netconf.errors);
  if (problem === undefined) return held(requirement, reply.at);
  return broken(requirement, problem, reply.at, { expected, got: shownMessage(reply) });
};

type SeenError = {
  readonly type?: string;
  readonly tag?: string;
  readonly severity?: string;
  readonly info: readonly { readonly local: string; readonly children: readonly unknown[] }[];
};

/** One of several errors has to fit (RFC 6241 §4.3 fixes no order of checks). */
function errorsProblem(args: Readonly<Record<string, unknown>>, errors: readonly SeenError[]): string | undefined {
  const problems = errors.map((one) => errorProblem(args, one));
  return problems.includes(undefined) ? undefined : problems[0];
}

function errorProblem(args: Readonly<Record<string, unknown>>, seen: SeenError): string | undefined {
  for (const part of ["tag", "type", "severity"] as const) {
    const wanted = listOf(args[part]);
    if (wanted && !wanted.includes(seen[part] ?? "")) return `The error has error-${part} ${seen[part] ?? "(none)"}`;
  }
  const info = args["info"] as Readonly<Record<string, string>> | undefined;
  for (const [local, value] of Object.entries(info ?? {})) {
    const child = seen.info.find((one) => one.local === local);
    if (!child) return `error-info lacks ${local}`;
    const text = child.children
      .map((part) => (part as { value?: string }).value ?? "")
      .join("")
      .trim();
    // The name of an element may stand as a QName; a namespace name has colons of its own.
    if (value !== "*" && text !== value && text.replace(/^[^:]*:/, "") !== value)
      return `error-info has ${local} ${text}`;
  }
  return undefined;
}

function listOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function expectedError(args: Readonly<Record<string, unknown>>): string {
  const parts = (["type", "tag", "severity"] as const).flatMap((part) => {
    const wanted = listOf(args[part]);
    return wanted ? [`error-${part} ${wanted.join(" or ")}`] : [];
  });
  const info = Object.entries((args["info"] ?? {}) as Record<string, string>).map(
    ([local, value]) => `${local}${value === "*" ? "" : ` ${value}`} in error-info`,
  );
  return `rpc-error ${[...parts, ...info].join(", ")}${args["closed"] === true ? ", or the end of the session" : ""}`.trim();
}

/** `no-reply: { to, until? }`: the request was not answered; `until` (an answered label, or the end) proves it. */
export const noReply: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const reply = replyTo(conversation, args["to"]);
  if (reply)
    return broken(requirement, "A request was answered that must not be", reply.at, {
      expected: "no reply",
      got: shownMessage(reply),
    });
  if (!wasSent(conversation, rpc)) return unseen(requirement, `the connection ended before "${String(args["to"])}"`);
  const alive = args["until"] !== undefined && replyTo(conversation, args["until"]) !== undefined;
  if (alive || targetEnd(conversation, rpc.view) !== undefined) return held(requirement, rpc.view.lastAt);
  return unseen(requirement, "nothing came after it that proves the silence");
};

/** `no-data: { to }`: the request was not carried out: an rpc-error, or the end of the session, but no ok and no data. */
export const noData: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const reply = replyTo(conversation, args["to"]);
  if (reply && reply.netconf.errors.length === 0)
    return broken(requirement, "A request was carried out that must not be", reply.at, {
      expected: "rpc-error or the end of the session",
      got: shownMessage(reply),
    });
  if (reply || targetEnd(conversation, rpc.view) !== undefined) return held(requirement, rpc.view.lastAt);
  return broken(requirement, "The target neither answered nor ended the session", rpc.view.lastAt, {
    expected: "rpc-error or the end of the session",
    got: shownAfter(rpc.view, rpc.step.at, conversation.target),
  });
};

/** `ended: { on, after }`: the target ended the session: a close frame or the end of TCP after that step. */
export const ended: Check = (args, { conversation, requirement }) => {
  const step = conversation.step(String(args["after"]));
  const view = viewOf(conversation, args["on"] ?? step?.entry.conn);
  if (!step || !view) return unseen(requirement, `step "${String(args["after"])}" was not reached`);
  const end = targetEnd(conversation, view);
  if (end !== undefined && end > step.at) return held(requirement, end);
  return broken(requirement, "The target did not end the session", view.lastAt, {
    expected: "a close frame or the end of TCP",
    got: shownAfter(view, step.at, conversation.target),
  });
};

/** `replies-ordered: { to: [labels] }`: replies in the order of the requests (RFC 6241 §4.5). */
export const repliesOrdered: Check = (args, { conversation, requirement }) => {
  const labels = args["to"] as readonly string[];
  const replies = labels.map((label) => replyTo(conversation, label));
  const missing = labels.find((_label, index) => replies[index] === undefined);
  if (missing !== undefined) {
    const rpc = rpcOf(conversation, missing);
    if (!rpc) return unseen(requirement, `"${missing}" was not sent`);
    return broken(requirement, `A pipelined request ("${missing}") was not answered`, rpc.view.lastAt, {
      expected: "a reply to each",
      got: `${replies.filter(Boolean).length} of ${labels.length}`,
    });
  }
  const places = replies.map((reply) => reply?.order ?? -1);
  const wrong = places.findIndex((place, index) => index > 0 && place < (places[index - 1] ?? -1));
  if (wrong < 0) return held(requirement, replies.at(-1)?.at);
  return broken(requirement, "Replies came in another order than the requests", replies[wrong]?.at ?? -1, {
    expected: labels.join(", "),
    got: `"${labels[wrong]}" before "${labels[wrong - 1]}"`,
  });
};

/**
 * `xml: { of, holds, prefixes?, says? }`: an XPath 1.0 expression is true of a message. `of`: `{ reply }`,
 * `{ hello }`, `{ event, on, name? }`, `{ session, name, on }` or `{ control, on }`.
 */
export const xml: Check = (args, { conversation, requirement }) => {
  const of = args["of"] as Readonly<Record<string, unknown>>;
  const document = documentOf(conversation, of);
  if (!document) {
    if (of["reply"] !== undefined && rpcOf(conversation, of["reply"]))
      return replied({ to: of["reply"] }, { conversation, requirement }) as ReturnType<Check>;
    const view = viewOf(conversation, of["on"] ?? of["hello"]);
    if (args["missing"] === "broken" && view?.response?.value.status === 101) {
      if (stoppedBeforeWaiting(conversation, view))
        return unseen(requirement, `the drive stopped before it waited for the message ${JSON.stringify(of)}`);
      return broken(requirement, String(args["says"] ?? "The message did not come"), view.lastAt, {
        expected: `${JSON.stringify(of)} with ${String(args["holds"])}`,
        got: "no such message",
      });
    }
    return unseen(requirement, `there is no message ${JSON.stringify(of)}`);
  }
  const expression = fillIn(conversation, String(args["holds"]));
  const unknown = unknownSession(conversation, String(args["holds"]));
  if (unknown !== undefined) return unseen(requirement, `"${unknown}" was given no session-id`);
  const result = assertXPath(document.root, expression, {
    ...knownPrefixes,
    ...(args["prefixes"] as Record<string, string> | undefined),
  });
  if (!result.ok) throw new Error(`XPath "${expression}": ${result.message}`);
  if (result.value) return held(requirement, document.at);
  return broken(requirement, String(args["says"] ?? "A message does not hold what it must"), document.at, {
    expected: expression,
    got: excerpt(document.text),
  });
};

/** Prefixes that `holds` may use without saying so. */
export const knownPrefixes: Readonly<Record<string, string>> = {
  nc: "urn:ietf:params:xml:ns:netconf:base:1.0",
  n: "urn:ietf:params:xml:ns:netconf:notification:1.0",
  m: "urn:ietf:params:xml:ns:netmod:notification",
  b: "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications",
  e: "urn:ncwspec:event",
  c: "urn:ncwspec:reference:config",
};

/** `same: { replies: [a, b, ...] }`: the replies say the same, prefixes, layout and message-id aside. */
export const same: Check = (args, { conversation, requirement }) => {
  const labels = args["replies"] as readonly string[];
  const replies = labels.map((label) => replyTo(conversation, label));
  const missing = labels.find((_label, index) => !replies[index]);
  if (missing !== undefined) return replied({ to: missing }, { conversation, requirement });
  const contents = replies.map((reply) =>
    [...(reply?.netconf.data ?? []), ...(reply?.netconf.errors.map((one) => one.element) ?? [])]
      .map(canonical)
      .join("\n"),
  );
  const other = contents.findIndex((content) => content !== contents[0]);
  if (other < 0) return held(requirement, replies[0]?.at);
  return broken(requirement, `"${labels[other]}" got another reply than "${labels[0]}"`, replies[other]?.at ?? -1, {
    expected: excerpt(contents[0] ?? ""),
    got: excerpt(contents[other] ?? ""),
  });
};

/** `streams: { of }`: the stream list of a reply is as RFC 5277 §3.2.5 and §3.4 have it; `requirement` says which part is asked. */
export const streams: Check = (args, { conversation, requirement }) => {
  const of = args["of"] as Readonly<Record<string, unknown>>;
  const document = documentOf(conversation, of);
  if (!document) return replied({ to: of["reply"] }, { conversation, requirement });
  const data = childrenOf(document.root).find((part) => part.local === "data");
  const list = readStreams(data ?? document.root);
  const problem = list.problems.find((one) => one.requirement === requirement);
  if (!problem)
    return list.streams.length > 0
      ? held(requirement, document.at)
      : unseen(requirement, "there is no list of streams");
  return broken(requirement, problem.message, document.at, {
    expected: "a stream list as RFC 5277 §3.4 has it",
    got: excerpt(document.text),
  });
};

/** `replies-in: { on, ids }`: the replies with these message-ids, written by hand into the stimulus, came in this order. */
export const repliesIn: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  const ids = args["ids"] as readonly string[];
  const replies = repliesOn(conversation, view);
  const came = replies.map((reply) => reply.netconf.messageId).filter((id) => id !== undefined && ids.includes(id));
  if (came.join() === ids.join()) return held(requirement, replies.at(-1)?.at);
  return broken(requirement, "Requests were not answered one by one in their order", view.lastAt, {
    expected: ids.join(", "),
    got: came.join(", ") || "no reply to any",
  });
};

/** `echoed-id: { to }`: the reply carries the message-id of its request, character for character. */
export const echoedId: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const [reply] = answersTo(conversation, rpc);
  if (!reply) return replied(args, { conversation, requirement });
  if (reply.netconf.messageId === rpc.messageId) return held(requirement, reply.at);
  return broken(requirement, "The message-id did not come back as it was", reply.at, {
    expected: excerpt(rpc.messageId),
    got: excerpt(reply.netconf.messageId ?? "no message-id"),
  });
};

/**
 * `refused-or-ended: { after, probe }`: input that is no proper request got an rpc-error, or the session was
 * ended. Silence (the later probe was answered, or nothing at all came) is a breach, and so is doing it.
 */
export const refusedOrEnded: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["after"]);
  if (!rpc) return unseen(requirement, `"${String(args["after"])}" was not sent`);
  const expected = "rpc-error, or the end of the session";
  const answers = answersTo(conversation, rpc);
  const done = answers.find((one) => one.netconf.errors.length === 0);
  if (done)
    return broken(requirement, "A message that is no proper request was carried out", done.at, {
      expected,
      got: shownMessage(done),
    });
  if (answers.length > 0 || targetEnd(conversation, rpc.view) !== undefined) return held(requirement, rpc.view.lastAt);
  return broken(requirement, "A message that is no proper request was passed over in silence", rpc.view.lastAt, {
    expected,
    got: shownAfter(rpc.view, rpc.step.at, conversation.target),
  });
};

/** `error-tag: { to, tag }`: where that request is refused, an error has one of these tags. Whether it has to be, `error` says. */
export const errorTag: Check = (args, context) => {
  const errors = replyTo(context.conversation, args["to"])?.netconf.errors ?? [];
  return errors.length > 0
    ? error(args, context)
    : unseen(context.requirement, `"${String(args["to"])}" was not refused`);
};

/** `no-error-tag: { to, tag }`: no error that answers that request has this tag. */
export const noErrorTag: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const answers = answersTo(conversation, rpc);
  const wrong = answers.find((one) => one.netconf.errors.some((error) => error.tag === args["tag"]));
  if (!wrong && answers.length === 0 && targetEnd(conversation, rpc.view) === undefined)
    return unseen(requirement, `"${String(args["to"])}" brought neither an answer nor the end of the session`);
  if (!wrong) return held(requirement, rpc.view.lastAt);
  return broken(requirement, `The error-tag ${String(args["tag"])} was used where it does not exist`, wrong.at, {
    expected: `any other error-tag, or the end of the session`,
    got: shownMessage(wrong),
  });
};

/** `ok-or-error: { to, tag }`: carried out, or refused with that very tag. */
export const okOrError: Check = (args, context) => {
  const reply = replyTo(context.conversation, args["to"]);
  return reply && reply.netconf.errors.length > 0 ? error(args, context) : replied(args, context);
};

/** `capability-true: { hello, capability, shown-by }`: the capability is advertised if and only if that request was carried out. */
export const capabilityTrue: Check = (args, { conversation, requirement }) => {
  const document = documentOf(conversation, { hello: args["hello"] });
  const reply = replyTo(conversation, args["shown-by"]);
  if (!document || !reply) return unseen(requirement, "there was no hello, or no reply that shows it");
  const uri = String(args["capability"]);
  const advertised = hasCapability(
    [...elementsOf(document.root)].filter((one) => one.local === "capability").map(textOf),
    uri,
  );
  const works = reply.netconf.errors.length === 0;
  if (advertised === works) return held(requirement, reply.at);
  return broken(
    requirement,
    works
      ? "The operation works, but its capability is not advertised"
      : "The capability is advertised, but the operation is refused",
    reply.at,
    { expected: advertised ? "ok" : `${uri} in the hello, or a refusal`, got: shownMessage(reply) },
  );
};

/** `no-reply-id: { on, id }`: nothing answered the request with that message-id, written by hand into the stimulus; the connection ended, which proves it. */
export const noReplyId: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  const reply = repliesOn(conversation, view).find((one) => one.netconf.messageId === args["id"]);
  if (reply) {
    return broken(requirement, "A request was answered that must not be", reply.at, {
      expected: "no reply",
      got: shownMessage(reply),
    });
  }
  if (targetEnd(conversation, view) === undefined)
    return unseen(requirement, "the connection did not end, so a reply may still come");
  return held(requirement, view.lastAt);
};
