/** Checks on how the target writes frames, and on what becomes of odd input. */
import type { XmlElement } from "../../netconf/types.ts";
import { dialects } from "../../wire/index.ts";
import type { DialectName, End } from "../../wire/types.ts";
import type { Check } from "../check-types.ts";
import type { ConnectionView, Conversation, SeenFrame, SeenMessage } from "../conversation.ts";
import { excerpt, hex, shownAfter, shownFrame, shownMessage } from "../describe.ts";
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
} from "../lookup.ts";

/** What the target sent behind the handshake, as bytes. */
function stream(conversation: Conversation, view: ConnectionView): Uint8Array {
  const all = Buffer.concat(
    conversation.transcript.entries.flatMap((entry) =>
      entry.type === "bytes" && entry.conn === view.name && entry.from === conversation.target ? [entry.data] : [],
    ),
  );
  const reading = view.request && view.dialect.readResponse(all, view.request);
  return reading?.state === "complete" ? all.subarray(reading.consumed) : new Uint8Array();
}

/**
 * `arrived: { to }`: the rpc came whole out of its frames: a reply with its message-id, which does not call it
 * malformed. What else the reply says is not asked.
 */
export const arrived: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const replies = repliesOn(conversation, rpc.view).filter((reply) => reply.at > rpc.step.at);
  const own = replies.find((reply) => reply.netconf.messageId === rpc.messageId);
  if (own && !own.netconf.errors.some((error) => error.tag === "malformed-message")) return held(requirement, own.at);
  const other = own ?? replies.find((reply) => reply.netconf.messageId === undefined);
  return broken(requirement, "An rpc did not arrive whole", other?.at ?? rpc.view.lastAt, {
    expected: `rpc-reply to message-id ${excerpt(rpc.messageId)}`,
    got: other ? shownMessage(other) : shownAfter(rpc.view, rpc.step.at, conversation.target),
  });
};

/**
 * `intact: { to, min?, fragmented? }`: the reply, whatever its frames, came as one whole message with the
 * attributes of its rpc unchanged. `min`: it has to be that many bytes to say anything. `fragmented`: only what
 * goes wrong in a message of several frames counts. A reply that did not come at all, or lacks the attributes,
 * is another requirement's business.
 */
export const intact: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const reply = replyTo(conversation, args["to"]);
  const damage = reply ? altered(rpc.view, rpc.messageId, reply) : torn(conversation, rpc.view, rpc.step.at);
  if (damage && (args["fragmented"] !== true || damage.frames > 1))
    return broken(requirement, damage.message, damage.at, { expected: "one whole, unchanged reply", got: damage.got });
  if (!reply) return unseen(requirement, `"${String(args["to"])}" was not answered`);
  const min = Number(args["min"] ?? 0);
  if (reply.data.length < min)
    return unseen(requirement, `the reply has ${reply.data.length} bytes, fewer than ${min}`);
  return held(requirement, reply.at);
};

interface Damage {
  readonly message: string;
  readonly at: number;
  readonly frames: number;
  readonly got: string;
}

/** An attribute of the rpc that came back with another value. */
function altered(
  view: ConnectionView,
  messageId: string,
  reply: SeenMessage & { netconf: { root: XmlElement } },
): Damage | undefined {
  const request = view.messages.find(
    (message) => message.netconf?.kind === "rpc" && message.netconf.messageId === messageId,
  )?.netconf?.root;
  const changed = request?.attributes.find((attribute) =>
    reply.netconf.root.attributes.some(
      (other) => other.ns === attribute.ns && other.local === attribute.local && other.value !== attribute.value,
    ),
  );
  const back = changed && reply.netconf.root.attributes.find((other) => other.local === changed.local);
  if (!back) return undefined;
  return {
    message: `The reply came with the attribute ${back.local} altered`,
    at: reply.at,
    frames: reply.frames,
    got: excerpt(back.value),
  };
}

/** Bytes behind that place that add up to no whole message. */
function torn(conversation: Conversation, view: ConnectionView, at: number): Damage | undefined {
  const later = <T extends { readonly at: number; readonly from: End }>(list: readonly T[]) =>
    fromTarget(conversation, list).filter((item) => item.at > at);
  const bad = later(view.messages).find((message) => !message.xml.ok);
  if (bad) return { message: "The reply came damaged", at: bad.at, frames: bad.frames, got: excerpt(bad.text) };
  const breach = later(view.breaches)[0];
  if (breach)
    return {
      message: "In place of the reply came what is no frame",
      at: breach.at,
      frames: 1,
      got: breach.breach.message,
    };
  const bytes = stream(conversation, view);
  const last = fromTarget(conversation, view.frames).at(-1)?.frame;
  const rest = bytes.subarray(last ? last.offset + last.size : 0);
  if (rest.length === 0) return undefined;
  return { message: "The reply did not come to its end", at: view.lastAt, frames: 1, got: hex(rest) };
}

/**
 * `pongs: { after }`: of the pings sent from that step on at least the last was answered, and the pongs come in the
 * order of the pings they answer (RFC 6455 §5.5.3). A pong that answers none of them is passed over.
 */
export const pongs: Check = (args, { conversation, requirement }) => {
  const step = conversation.step(String(args["after"]));
  const view = step && viewOf(conversation, step.entry.conn);
  const ofKind = (kind: string, own: boolean): SeenFrame[] =>
    (view?.frames ?? []).filter(
      (seen) => seen.frame.kind === kind && seen.at > (step?.at ?? 0) && (seen.from === conversation.target) === own,
    );
  const pings = ofKind("ping", false).map((seen) => hex(seen.frame.payload, 125));
  if (!view || pings.length === 0) return unseen(requirement, `no ping was sent after "${String(args["after"])}"`);
  const expected = `pongs of ${pings.join(", ")}, the last at least`;
  let next = 0;
  for (const seen of ofKind("pong", true)) {
    const payload = hex(seen.frame.payload, 125);
    const place = pings.indexOf(payload, next);
    // A pong with another payload answers nothing and is allowed (RFC 6455 §5.5.3).
    if (place < 0 && (payload === "" || !pings.includes(payload))) continue;
    if (place < 0)
      return broken(requirement, "A pong repeats the payload of a ping that was past", seen.at, {
        expected,
        got: shownFrame(seen),
      });
    next = place + 1;
  }
  if (next === pings.length) return held(requirement, view.lastAt);
  return broken(requirement, "The last of several pings was not answered", view.lastAt, {
    expected,
    got: next === 0 ? "no pong" : `pongs up to ${String(pings[next - 1])}`,
  });
};

/** `settled: { to }`: the request was answered, or the connection ended: it was not left lying. */
export const settled: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const at = replyTo(conversation, args["to"])?.at ?? targetEnd(conversation, rpc.view);
  if (at !== undefined) return held(requirement, at);
  return broken(requirement, "A request was neither answered nor the connection ended", rpc.view.lastAt, {
    expected: "a reply, or the end of the connection",
    got: shownAfter(rpc.view, rpc.step.at, conversation.target),
  });
};

const doubtful: readonly (number | undefined)[] = [1002, 1007];

/**
 * `survives: { after, probe }`: the WebSocket took that input: the probe behind it was answered, or the session
 * was ended by a close frame (NETCONF may end it over its content). Where the code of that frame is one by which a
 * WebSocket is failed, nothing can be said.
 */
export const survives: Check = (args, { conversation, requirement }) => {
  const step = conversation.step(String(args["after"]));
  const view = step && viewOf(conversation, step.entry.conn);
  if (!step || !view) return unseen(requirement, `step "${String(args["after"])}" was not reached`);
  const answer = answerTo(conversation, args["probe"]);
  if (answer) return held(requirement, answer.at);
  const close = fromTarget(conversation, view.closes).find((seen) => seen.at > step.at);
  if (close && doubtful.includes(close.code))
    return unseen(requirement, `closed with ${String(close.code)}: the WebSocket failed, or NETCONF ended the session`);
  if (close) return held(requirement, close.at);
  return broken(requirement, "Legal input ended the connection, or was never got over", view.lastAt, {
    expected: "an answer to what follows",
    got: shownAfter(view, step.at, conversation.target),
  });
};

/**
 * `own-frames: { on, not }`: the target writes frames of this connection's dialect, and not those of the dialect
 * named (or `keyed`: with the masking key of a client). Broken only when its bytes make a hello the wrong way.
 */
export const ownFrames: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (view?.response?.value.status !== 101) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  const isHello = fromTarget(conversation, view.messages).find((message) => message.netconf?.kind === "hello");
  if (isHello) return held(requirement, isHello.at);
  const bytes = stream(conversation, view);
  if (!readsHello(args, conversation, view, bytes)) return unseen(requirement, "no hello came, in whatever frames");
  return broken(requirement, "The frames of the server are not of this dialect", view.lastAt, {
    expected: `frames of ${view.dialect.name}`,
    got: hex(bytes),
  });
};

function readsHello(args: Args, conversation: Conversation, view: ConnectionView, bytes: Uint8Array): boolean {
  const keyed = args["not"] === "keyed";
  const other = keyed ? view.dialect : dialects[args["not"] as DialectName];
  const from: End = keyed ? (conversation.target === "server" ? "client" : "server") : conversation.target;
  return other
    .decoder(from)
    .push(bytes)
    .some(
      (event) => event.type === "message" && /<(?:[\w.-]+:)?hello[\s>]/.test(Buffer.from(event.data).toString("utf8")),
    );
}
