/** Passive checks on what a NETCONF client sends: rpcs, and what it must not send. */
import { attribute, childrenOf, readInstant, textOf } from "../../netconf/index.ts";
import { type NetconfMessage, NS, type XmlElement } from "../../netconf/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, SeenMessage } from "../conversation.ts";
import { shownMessage } from "../describe.ts";
import { broken, held } from "../lookup.ts";

type SeenRpc = SeenMessage & { readonly netconf: Extract<NetconfMessage, { kind: "rpc" }> };

/** What was known when a message of the client went by. */
interface State {
  /** Nothing from before is missing. */
  readonly isWhole: boolean;
  hello: Extract<NetconfMessage, { kind: "hello" }> | undefined;
  /** Requests without a reply, by message-id; one used twice is outstanding twice. */
  readonly outstanding: Map<string, number>;
  /** message-id of the close-session that was not refused. */
  closing: { readonly messageId: string | undefined } | undefined;
  notified: boolean;
}

/** Reports on every message that a client sent on a connection, in the state the session had when it went by. */
export function requestReports(view: ConnectionView): Report[] {
  const state: State = {
    isWhole: view.fromStart,
    hello: undefined,
    outstanding: new Map(),
    closing: undefined,
    notified: false,
  };
  const reports = view.messages.flatMap((message) => {
    if (message.from === "server") {
      noteServer(state, message);
      return [];
    }
    return message.netconf?.kind === "rpc" ? rpcReports(state, message as SeenRpc) : responseReports(state, message);
  });
  if (state.notified && !reports.some(({ requirement }) => requirement === "NTF-MSG-009"))
    reports.push(held("NTF-MSG-009", view.lastAt));
  return [...reports, ...unconfirmedReports(view)];
}

function noteServer(state: State, { netconf }: SeenMessage): void {
  if (netconf?.kind === "hello") state.hello ??= netconf;
  if (netconf?.kind === "notification") state.notified = true;
  if (netconf?.kind !== "rpc-reply") return;
  const { messageId, errors } = netconf;
  // A reply without message-id may answer any of them.
  if (messageId === undefined) state.outstanding.clear();
  else take(state.outstanding, messageId);
  if (errors.length > 0 && state.closing?.messageId === messageId) state.closing = undefined;
}

function take(outstanding: Map<string, number>, messageId: string): void {
  const left = (outstanding.get(messageId) ?? 0) - 1;
  if (left > 0) outstanding.set(messageId, left);
  else outstanding.delete(messageId);
}

function rpcReports(state: State, rpc: SeenRpc): Report[] {
  const reports = [
    messageIdReport(rpc),
    ...establishedReports(state, rpc),
    ...outstandingReports(state, rpc),
    ...afterCloseSessionReports(state, rpc),
    ...subscriptionReports(state, rpc),
  ];
  const { messageId } = rpc.netconf;
  if (messageId !== undefined) state.outstanding.set(messageId, (state.outstanding.get(messageId) ?? 0) + 1);
  if (isCloseSession(rpc)) state.closing ??= { messageId };
  return reports;
}

const longestId = 4095;

function messageIdReport(rpc: SeenRpc): Report {
  const id = attribute(rpc.netconf.root, "", "message-id");
  const got = shownMessage(rpc);
  if (id === undefined)
    return broken("NC-RPC-011", "An rpc carries no message-id in no namespace", rpc.at, {
      expected: "the attribute message-id",
      got,
    });
  const size = [...id].length;
  if (size > longestId)
    return broken("NC-RPC-011", `The message-id of an rpc has ${size} characters`, rpc.at, {
      expected: `at most ${longestId}`,
      got,
    });
  return held("NC-RPC-011", rpc.at);
}

/** An rpc that went by before the hello of the server can only have been sent before that was read. */
function establishedReports({ hello, isWhole }: State, rpc: SeenRpc): Report[] {
  if (hello) return [held("IID-SES-001", rpc.at)];
  if (!isWhole) return [];
  return [
    broken("IID-SES-001", "An rpc was sent before the hello of the server came", rpc.at, {
      expected: "the exchange of hellos first",
      got: shownMessage(rpc),
    }),
  ];
}

function outstandingReports({ outstanding }: State, rpc: SeenRpc): Report[] {
  const { messageId } = rpc.netconf;
  if (messageId === undefined) return [];
  if (!outstanding.has(messageId)) return [held("NC-RPC-012", rpc.at)];
  return [
    broken("NC-RPC-012", `message-id "${messageId}" is used again while its request is unanswered`, rpc.at, {
      expected: "distinct message-ids of outstanding requests",
      got: shownMessage(rpc),
    }),
  ];
}

function afterCloseSessionReports({ closing }: State, rpc: SeenRpc): Report[] {
  if (!closing) return isCloseSession(rpc) ? [held("NC-SES-008", rpc.at)] : [];
  return [
    broken("NC-SES-008", "An rpc was sent after close-session", rpc.at, {
      expected: "no more rpcs",
      got: shownMessage(rpc),
    }),
  ];
}

function isCloseSession({ netconf: { operation } }: SeenRpc): boolean {
  return operation?.local === "close-session" && operation.ns === NS.base;
}

const notification = "urn:ietf:params:netconf:capability:notification:1.0";
const parameters = ["stream", "filter", "startTime", "stopTime"];

function subscriptionReports({ hello }: State, rpc: SeenRpc): Report[] {
  const { operation } = rpc.netconf;
  if (operation?.local !== "create-subscription") return [];
  const got = shownMessage(rpc);
  const problem = subscriptionProblem(operation);
  const form =
    problem === undefined
      ? held("NTF-SUB-018", rpc.at)
      : broken("NTF-SUB-018", problem, rpc.at, { expected: "create-subscription as RFC 5277 §4 has it", got });
  if (!hello) return [form];
  const isOffered = hello.capabilities.some((uri) => uri.trim().split("?")[0] === notification);
  const offer = isOffered
    ? held("NTF-CAP-003", rpc.at)
    : broken("NTF-CAP-003", "create-subscription was sent to a server without :notification", rpc.at, {
        expected: "only where the server advertises it",
        got,
      });
  return [form, offer];
}

/** What is wrong with a create-subscription (RFC 5277 §2.1.1, and the sequence of its schema in §4). */
function subscriptionProblem(operation: XmlElement): string | undefined {
  if (operation.ns !== NS.notification) return `create-subscription is in namespace "${operation.ns}"`;
  const foreign = childrenOf(operation).find(({ ns, local }) => ns !== NS.notification && parameters.includes(local));
  if (foreign) return `${foreign.local} is in namespace "${foreign.ns}"`;
  const children = childrenOf(operation).filter(({ ns }) => ns === NS.notification);
  const order = children.map(({ local }) => parameters.indexOf(local));
  if (order.some((place, index) => place >= 0 && order.slice(0, index).some((before) => before >= place)))
    return "The parameters of create-subscription are not each once and in their order";
  const [start, stop] = ["startTime", "stopTime"].map((name) => children.find(({ local }) => local === name));
  for (const time of [start, stop])
    if (time && readInstant(textOf(time)) === undefined)
      return `${time.local} "${textOf(time)}" is no date-time with an offset`;
  if (stop && !start) return "stopTime is sent without startTime";
  const [from, to] = [start, stop].map((time) => time && readInstant(textOf(time))?.nanos);
  if (from !== undefined && to !== undefined && to <= from) return "stopTime is not later than startTime";
  return undefined;
}

/** What only a server sends; after a notification it is an answer to that (RFC 5277 §2.2.1). */
function responseReports({ notified }: State, message: SeenMessage): Report[] {
  const kind = message.netconf?.kind;
  if (kind !== "rpc-reply" && kind !== "notification") return [];
  return [
    broken(
      notified ? "NTF-MSG-009" : "NC-XML-001",
      notified ? "A notification was answered" : `A client sent ${kind}`,
      message.at,
      { expected: "hello or rpc", got: shownMessage(message) },
    ),
  ];
}

/** Whether NETCONF was begun although the server confirmed none of the subprotocols offered. */
function unconfirmedReports({ request, response, messages }: ConnectionView): Report[] {
  if (request === undefined || response?.value.status !== 101 || request.subprotocols.length === 0) return [];
  const first = messages.find(({ from, netconf }) => from === "client" && netconf !== undefined);
  if (response.value.subprotocol !== undefined) return [held("IID-HS-004", response.at)];
  if (!first || first.order < response.order) return [];
  return [
    broken("IID-HS-004", "NETCONF was begun although no subprotocol was confirmed", first.at, {
      expected: "no NETCONF message",
      got: shownMessage(first),
    }),
  ];
}
