/** Finding things in a conversation by the names a scenario gives them. */

import { carriesMark, isEvent, type Mark } from "../netconf/event-mark.ts";
import type { NetconfMessage, XmlElement } from "../netconf/types.ts";
import type { Report } from "./check-types.ts";
import type { ConnectionView, Conversation, SeenMessage, SeenStep } from "./conversation.ts";

export type Args = Readonly<Record<string, unknown>>;

export type Reply = Extract<NetconfMessage, { kind: "rpc-reply" }>;
export type Notification = Extract<NetconfMessage, { kind: "notification" }>;
export type SeenReply = SeenMessage & { readonly netconf: Reply };
export type SeenNotification = SeenMessage & { readonly netconf: Notification };

const netmod = "urn:ietf:params:xml:ns:netmod:notification";

export const held = (requirement: string, at = -1, message = ""): Report => ({
  requirement,
  outcome: "held",
  message,
  at,
});
export const unseen = (requirement: string, message: string): Report => ({
  requirement,
  outcome: "unseen",
  message,
  at: -1,
});
export const broken = (
  requirement: string,
  message: string,
  at: number,
  more: { expected?: string; got?: string } = {},
): Report => ({
  requirement,
  outcome: "broken",
  message,
  at,
  ...more,
});

/** The connection an argument names; undefined when the drive never came to it. */
export function viewOf(conversation: Conversation, name: unknown): ConnectionView | undefined {
  const view = conversation.connections.get(String(name));
  return view?.connected ? view : undefined;
}

export function fromTarget<T extends { readonly from: string }>(conversation: Conversation, list: readonly T[]): T[] {
  return list.filter((item) => item.from === conversation.target);
}

export interface SeenRpc {
  readonly step: SeenStep;
  readonly messageId: string;
  readonly view: ConnectionView;
}

/** The rpc step with that label, and the message-id it was sent under. */
export function rpcOf(conversation: Conversation, label: unknown): SeenRpc | undefined {
  const step = rpcSteps(conversation).find((one) => one.entry.label === String(label));
  const view = step && conversation.connections.get(step.entry.conn ?? "");
  return step && view ? { step, messageId: step.messageId, view } : undefined;
}

function rpcSteps(conversation: Conversation): (SeenStep & { readonly messageId: string })[] {
  return conversation.steps.flatMap((step) => {
    const messageId = step.entry.detail?.["messageId"];
    return typeof messageId === "string" ? [{ ...step, messageId }] : [];
  });
}

/** Whether the drive stopped, and had not waited in vain on that connection: what is missing there may not have been asked for. */
export function stoppedBeforeWaiting({ steps }: Conversation, view: ConnectionView): boolean {
  const some = (name: string, conn?: string) =>
    steps.some(({ entry }) => entry.step === name && (conn === undefined || entry.conn === conn));
  return some("stopped") && !some("gave-up", view.name);
}

/** Whether anything went out behind the step: where the connection had ended before, a request was never asked. */
export function wasSent({ transcript, target }: Conversation, { step, view }: SeenRpc): boolean {
  return transcript.entries.some(
    (entry, at) => at > step.at && entry.type === "bytes" && entry.conn === view.name && entry.from !== target,
  );
}

/**
 * The reply to a request. One without message-id (RFC 6241 §4.3 leaves it out where the request had none) counts as
 * the answer to the first request before it that nothing else answered.
 */
export function replyTo(conversation: Conversation, label: unknown): SeenReply | undefined {
  const rpc = rpcOf(conversation, label);
  if (!rpc) return undefined;
  const replies = repliesOn(conversation, rpc.view);
  const own = replies.find((message) => message.at > rpc.step.at && message.netconf.messageId === rpc.messageId);
  return own ?? unnamedReplies(conversation, rpc.view, replies).get(rpc.step.at);
}

/** A line of JSON that a client under test printed. */
export interface SeenReport {
  readonly at: number;
  readonly report: Readonly<Record<string, unknown>>;
}

/** The client's reports of that kind, in order. */
export function reportsOf(conversation: Conversation, kind: string): SeenReport[] {
  return conversation.steps.flatMap(({ at, entry: { step, detail = {} } }) =>
    step === "report" && detail["report"] === kind ? [{ at, report: detail }] : [],
  );
}

/**
 * What answers the step with that label and shows that the target still works: the reply to an rpc; the pong of a ping; of
 * a client its report of a notification, or close-session when it was told to close.
 */
export function answerTo(conversation: Conversation, label: unknown): { readonly at: number } | undefined {
  const step = conversation.step(String(label));
  if (!step) return undefined;
  const { entry, at } = step;
  if (entry.step === "ping") return pongTo(conversation, step);
  if (entry.step === "trigger") {
    const token = String(entry.detail?.["token"] ?? "");
    return reportsOf(conversation, "notification").find((seen) => String(seen.report["xml"]).includes(token));
  }
  if (entry.step !== "control") return replyTo(conversation, label);
  const messages = [...conversation.connections.values()].flatMap((view) => fromTarget(conversation, view.messages));
  return messages.find(
    (message) =>
      message.at > at && message.netconf?.kind === "rpc" && message.netconf.operation?.local === "close-session",
  );
}

function pongTo(conversation: Conversation, { at, entry }: SeenStep): { readonly at: number } | undefined {
  const view = viewOf(conversation, entry.conn);
  const payload = String(entry.detail?.["payload"] ?? "");
  return fromTarget(conversation, view?.frames ?? []).find(
    (seen) => seen.at > at && seen.frame.kind === "pong" && Buffer.from(seen.frame.payload).toString("hex") === payload,
  );
}

/** The replies without message-id by the place of the step whose request they answer. */
function unnamedReplies(
  conversation: Conversation,
  view: ConnectionView,
  replies: readonly SeenReply[],
): ReadonlyMap<number, SeenReply> {
  const answered = new Map<number, SeenReply>();
  const unnamed = replies.filter((reply) => reply.netconf.messageId === undefined);
  if (unnamed.length === 0) return answered;
  const waiting = rpcSteps(conversation).filter(
    ({ at, entry, messageId }) =>
      entry.conn === view.name && !replies.some((reply) => reply.at > at && reply.netconf.messageId === messageId),
  );
  for (const reply of unnamed) {
    const asked = waiting.findIndex(({ at }) => at < reply.at);
    const [step] = asked < 0 ? [] : waiting.splice(asked, 1);
    if (step) answered.set(step.at, reply);
  }
  return answered;
}

/** Replies behind a request that are not those to other requests: its own, whatever their message-id became. */
export function answersTo(conversation: Conversation, rpc: SeenRpc): SeenReply[] {
  const others = rpcSteps(conversation).filter(
    (step) => step.entry.conn === rpc.view.name && step.messageId !== rpc.messageId,
  );
  return repliesOn(conversation, rpc.view).filter(
    (reply) => reply.at > rpc.step.at && !others.some(({ messageId }) => messageId === reply.netconf.messageId),
  );
}

export function repliesOn(conversation: Conversation, view: ConnectionView): SeenReply[] {
  return fromTarget(conversation, view.messages).filter(
    (message): message is SeenReply => message.netconf?.kind === "rpc-reply",
  );
}

export function notificationsOn(conversation: Conversation, view: ConnectionView): SeenNotification[] {
  return fromTarget(conversation, view.messages).filter(
    (message): message is SeenNotification => message.netconf?.kind === "notification",
  );
}

export function isControl(notification: Notification, local: string): boolean {
  return notification.content?.local === local && notification.content.ns === netmod;
}

export interface SeenMark extends Mark {
  readonly at: number;
  readonly mark: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Every occurrence of a trigger, in order. */
export function marksOf(conversation: Conversation, mark: string): SeenMark[] {
  return conversation.steps
    .filter((step) => step.entry.step === "trigger" && step.entry.label === mark)
    .map((step) => ({ at: step.at, ...(step.entry.detail as unknown as Omit<SeenMark, "at">) }));
}

/** Events of a mark on a connection; `name` restricts to one kind of content. */
export function eventsOf(
  conversation: Conversation,
  view: ConnectionView,
  mark: string,
  name?: string,
): SeenNotification[] {
  const marks = marksOf(conversation, mark);
  return notificationsOn(conversation, view).filter((message) => {
    const { content } = message.netconf;
    return (
      content !== undefined &&
      (name === undefined || content.local === name) &&
      marks.some((one) => carriesMark(content, one))
    );
  });
}

/** Where the connection ended, seen from the target: its close frame or its end of TCP, whichever came first. */
export function targetEnd(conversation: Conversation, view: ConnectionView): number | undefined {
  const places = [...fromTarget(conversation, view.closes), ...fromTarget(conversation, view.ends)].map(
    (item) => item.at,
  );
  return places.length === 0 ? undefined : Math.min(...places);
}

const reference = /\$\{([\w~.-]+)\.session-id\}/g;

/** The session in a text of the fixture whose id the target did not give; undefined: {@link fillIn} can be asked. */
export function unknownSession(conversation: Conversation, text: string): string | undefined {
  return [...text.matchAll(reference)]
    .map(([, name]) => name as string)
    .find((name) => sessionIdOf(conversation, name) === undefined);
}

const keyReference = /\$\{edit-key:([\w-]+)\}/g;

/** Puts the session-ids that the target gave, and the keys of the nodes that were edited, into a text of the fixture. */
export function fillIn(conversation: Conversation, text: string): string {
  return text
    .replace(reference, (_all, name: string) => sessionIdOf(conversation, name) ?? "")
    .replace(keyReference, (_all, node: string) => editKeyOf(conversation, node) ?? "");
}

/** Key of the node that the case calls so, from the step that named it first. */
function editKeyOf(conversation: Conversation, node: string): string | undefined {
  const step = conversation.steps.find(({ entry }) => entry.step === "edit" && entry.detail?.["node"] === node);
  return step && String(step.entry.detail?.["key"]);
}

export function sessionIdOf(conversation: Conversation, name: string): string | undefined {
  const view = conversation.connections.get(name);
  const hello = view?.messages.find((message) => message.netconf?.kind === "hello" && message.from === "server");
  return hello?.netconf?.kind === "hello" ? hello.netconf.sessionId?.trim() || undefined : undefined;
}

/** The tree a check looks into: `{ reply }`, `{ hello }`, `{ event, on, name? }`, `{ named, on, text? }` or `{ control, on }`. */
export function documentOf(
  conversation: Conversation,
  of: Args,
): { at: number; root: XmlElement; text: string } | undefined {
  const message = messageOf(conversation, of);
  return message?.xml.ok ? { at: message.at, root: message.xml.root, text: message.text } : undefined;
}

function messageOf(conversation: Conversation, of: Args): SeenMessage | undefined {
  if (of["reply"] !== undefined) return replyTo(conversation, of["reply"]);
  if (of["hello"] !== undefined) {
    const view = viewOf(conversation, of["hello"]);
    return view && fromTarget(conversation, view.messages).find((message) => message.netconf?.kind === "hello");
  }
  const view = viewOf(conversation, of["on"]);
  if (!view) return undefined;
  if (of["named"] !== undefined) return eventNamed(conversation, view, of);
  if (of["control"] !== undefined)
    return notificationsOn(conversation, view).find((message) => isControl(message.netconf, String(of["control"])));
  if (of["session"] !== undefined) return eventAboutSession(conversation, view, of);
  const events = eventsOf(
    conversation,
    view,
    String(of["event"]),
    of["name"] === undefined ? undefined : String(of["name"]),
  );
  return events[Number(of["nth"] ?? 0)];
}

/** The first event of that local name, with that text in a leaf where the argument has one. */
function eventNamed(conversation: Conversation, view: ConnectionView, { named, text }: Args): SeenMessage | undefined {
  const leaf = text === undefined ? undefined : String(text);
  return notificationsOn(conversation, view).find(
    ({ netconf: { content } }) => content !== undefined && isEvent(content, String(named), leaf),
  );
}

/** An event that names the session of another connection of this case. */
function eventAboutSession(conversation: Conversation, view: ConnectionView, of: Args): SeenMessage | undefined {
  const sessionId = sessionIdOf(conversation, String(of["session"]));
  if (sessionId === undefined) return undefined;
  return notificationsOn(conversation, view).find(
    ({ netconf: { content } }) =>
      content !== undefined && content.local === of["name"] && carriesMark(content, { sessionId }),
  );
}
