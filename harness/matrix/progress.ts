/**
 * How far a pair came, read from the wire alone. Pure: a conversation and what is waited for go in, and what is still
 * missing comes out, with the end that owes it.
 */
import type { ConnectionView, Conversation, SeenMessage } from "../judge/conversation.ts";
import { carriesMark, type Mark } from "../netconf/event-mark.ts";
import { NS } from "../netconf/types.ts";
import type { End } from "../wire/types.ts";

/** What a step `seen` waits for. */
export type Wanted =
  | "upgraded"
  | "greeted"
  | "subscribed"
  | "replayComplete"
  | "notificationComplete"
  | "closed"
  | "ended"
  | { readonly event: string; readonly name?: string }
  | { readonly reply: string };

export interface Missing {
  readonly reason: string;
  /** The end whose turn it was. */
  readonly charged: End;
  /** The connection is over: what is missing cannot come any more. */
  readonly over: boolean;
  /** What is missing is a session or a subscription, on which all that a pair does rests. */
  readonly basic: boolean;
  /** The client did not come at all. */
  readonly absent?: true;
  /** What comes cannot be read here, so that nothing of it can be judged. */
  readonly unreadable?: true;
}

/** What an event wanted is known by: one mark for each time it was caused. */
export type MarksOf = (mark: string) => readonly Mark[];

/** The connection that a pair talks on: the first that was upgraded, else the first with an opening request, else the first. */
export function pairView(conversation: Conversation): ConnectionView | undefined {
  const views = [...conversation.connections.values()];
  const upgraded = views.find((view) => view.response?.value.status === 101);
  return upgraded ?? views.find((view) => view.request !== undefined) ?? views[0];
}

/** What is missing yet; undefined when all that is wanted was seen. */
export function missing(conversation: Conversation, wanted: Wanted, marksOf: MarksOf): Missing | undefined {
  const view = pairView(conversation);
  if (!view) return { ...client("the client opened no connection"), over: false, basic: true, absent: true };
  const agreed = extensionsOf(view);
  if (agreed !== undefined) {
    const reason = `the two agreed on the extension ${agreed}, which cannot be read here`;
    return { ...server(reason), over: true, basic: true, unreadable: true };
  }
  const over = isOver(view);
  const stages = [opening, ...(wanted === "upgraded" ? [] : [greeting]), ...stagesFor(wanted, marksOf)];
  for (const stage of stages) {
    const lack = stage(view);
    if (!lack) continue;
    const basic = stage === opening || stage === greeting || stage === subscribing;
    return { ...lack, ...(stage === closing ? {} : ended(view, lack)), over, basic };
  }
  return undefined;
}

type Lack = Pick<Missing, "reason" | "charged">;
type Stage = (view: ConnectionView) => Lack | undefined;

function stagesFor(wanted: Wanted, marksOf: MarksOf): Stage[] {
  if (typeof wanted === "object") {
    if ("reply" in wanted) return [answering(wanted.reply)];
    return [subscribing, events(marksOf(wanted.event), wanted.event, wanted.name)];
  }
  const own: Readonly<Record<typeof wanted, Stage[]>> = {
    upgraded: [],
    greeted: [],
    subscribed: [subscribing],
    replayComplete: [subscribing, control("replayComplete")],
    notificationComplete: [subscribing, control("notificationComplete")],
    closed: [answering("close-session"), closing],
    ended: [tcpEnd],
  };
  return own[wanted];
}

/** The opening handshake, RFC 6455 §4 and its like. */
function opening(view: ConnectionView): Lack | undefined {
  const { request, response } = view;
  if (!request) return client("the client sent no opening request");
  if (view.responseMalformed) return server("the server answered the opening request with what is no HTTP response");
  if (!response) return server("the server did not answer the opening request");
  if (response.value.status === 101) return undefined;
  return server(
    `the server refused the opening request: HTTP ${response.value.status} ${response.value.reason}`.trim(),
  );
}

/** What the server took of the extensions that the client offered (RFC 6455 §9.1). */
function extensionsOf({ response }: ConnectionView): string | undefined {
  if (response?.value.status !== 101) return undefined;
  const named = response.value.headers.filter(({ name }) => /^sec-websocket-extensions$/i.test(name));
  const value = named.map((field) => field.value).join(", ");
  return value === "" ? undefined : value;
}

/** Both hellos, neither of which waits for the other (RFC 6241 §8.1). */
function greeting(view: ConnectionView): Lack | undefined {
  if (!hello(view, "client")) return client("the client sent no hello");
  return hello(view, "server") ? undefined : server("the server sent no hello");
}

function hello(view: ConnectionView, from: End): SeenMessage | undefined {
  return view.messages.find((message) => message.from === from && message.netconf?.kind === "hello");
}

/** The session-id in the server's hello. */
export function sessionIdOf(view: ConnectionView): string | undefined {
  const netconf = hello(view, "server")?.netconf;
  return netconf?.kind === "hello" ? netconf.sessionId?.trim() || undefined : undefined;
}

const subscribing = answering("create-subscription");

/** The client asked for the operation, and the server granted it. */
function answering(operation: string): Stage {
  return (view) => {
    const asked = rpcs(view).find((one) => one.operation === operation);
    return asked ? answer(view, asked) : client(`the client sent no ${operation}`);
  };
}

interface Asked {
  readonly operation: string;
  readonly messageId: string | undefined;
  readonly order: number;
}

function rpcs(view: ConnectionView): Asked[] {
  return view.messages.flatMap(({ from, netconf, order }) =>
    from === "client" && netconf?.kind === "rpc"
      ? [{ operation: netconf.operation?.local ?? "", messageId: netconf.messageId, order }]
      : [],
  );
}

function answer(view: ConnectionView, { operation, messageId, order }: Asked): Lack | undefined {
  const reply = view.messages.find(
    ({ from, netconf, order: at }) =>
      from === "server" && at > order && netconf?.kind === "rpc-reply" && netconf.messageId === messageId,
  )?.netconf;
  if (reply?.kind !== "rpc-reply") return server(`the server did not answer ${operation}`);
  const [error] = reply.errors;
  if (!error) return undefined;
  const said = error.message === undefined ? "" : `: ${error.message}`;
  return server(`the server refused ${operation} with ${error.tag ?? "an rpc-error"}${said}`);
}

function events(marks: readonly Mark[], mark: string, name: string | undefined): Stage {
  return (view) => {
    const seen = marks.filter((one) =>
      view.messages.some(
        ({ from, netconf }) =>
          from === "server" &&
          netconf?.kind === "notification" &&
          netconf.content !== undefined &&
          (name === undefined || netconf.content.local === name) &&
          carriesMark(netconf.content, one),
      ),
    ).length;
    return seen === marks.length ? undefined : server(`the server sent ${seen} of ${marks.length} events "${mark}"`);
  };
}

function control(local: "replayComplete" | "notificationComplete"): Stage {
  return (view) => {
    const there = view.messages.some(
      ({ from, netconf }) =>
        from === "server" &&
        netconf?.kind === "notification" &&
        netconf.content?.local === local &&
        netconf.content.ns === NS.netmod,
    );
    return there ? undefined : server(`the server sent no ${local}`);
  };
}

/** The closing handshake, from either end. */
function closing(view: ConnectionView): Lack | undefined {
  const closed = (from: End) => view.closes.some((close) => close.from === from);
  if (!closed("client") && !closed("server")) {
    const [end] = view.ends;
    if (end) return { charged: end.from, reason: `the ${end.from} ${howOf(end)}` };
    return server("neither end began the closing handshake");
  }
  if (!closed("client")) return client("the client did not answer the closing frame");
  return closed("server") ? undefined : server("the server did not answer the closing frame");
}

function tcpEnd(view: ConnectionView): Lack | undefined {
  return view.ends.length > 0 ? undefined : server("the server did not end the connection");
}

const client = (reason: string): Lack => ({ reason, charged: "client" });
const server = (reason: string): Lack => ({ reason, charged: "server" });

function isOver(view: ConnectionView): boolean {
  return view.ends.some(({ how }) => how === "reset") || new Set(view.ends.map(({ from }) => from)).size === 2;
}

/** Where somebody closed before, what is missing can be nobody else's fault; how it closed is told. */
function ended(view: ConnectionView, lack: Lack): Partial<Lack> {
  const first = [...view.closes, ...view.ends].sort((a, b) => a.order - b.order)[0];
  // A server that refused has said why before it hung up.
  if (!first || view.response?.value.status !== 101) return {};
  return { charged: first.from, reason: `the ${first.from} ${howOf(first)} before that: ${lack.reason}` };
}

function howOf(end: ConnectionView["closes"][number] | ConnectionView["ends"][number]): string {
  if ("how" in end) return end.how === "fin" ? "ended TCP without a closing frame" : "reset the connection";
  const code = end.code === undefined ? "without a code" : `with code ${end.code}`;
  return `closed ${code}${end.reason ? ` (${end.reason})` : ""}`;
}
