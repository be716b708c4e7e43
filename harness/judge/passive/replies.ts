/** Passive checks on replies: each answers one request (RFC 6241 §4.1, §4.2), and their content. */
import { checkRpcError, childrenOf } from "../../netconf/index.ts";
import { type NetconfMessage, NS } from "../../netconf/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, Conversation, SeenMessage } from "../conversation.ts";
import { shownMessage } from "../describe.ts";
import { broken, held, repliesOn, type SeenReply } from "../lookup.ts";

type Rpc = Extract<NetconfMessage, { kind: "rpc" }>;

/** What was asked on a connection, as far as a reply can be held against it. */
interface Asked {
  readonly requests: ReadonlyMap<string | undefined, readonly SeenMessage[]>;
  /** Where the step stands of a request with that message-id, which may go out in a form our own reader cannot take. */
  readonly announced: ReadonlyMap<unknown, number>;
  /** Where we sent what is no proper request: a reply to that may say anything. */
  readonly irregular: readonly number[];
  /** How many replies with that message-id came so far. */
  readonly answered: Map<string, number>;
}

function askedOn({ target, steps }: Conversation, view: ConnectionView): Asked {
  const sent = view.messages.filter((message) => message.from !== target);
  const requests = new Map<string | undefined, SeenMessage[]>();
  for (const message of sent)
    if (message.netconf?.kind === "rpc") {
      const id = message.netconf.messageId;
      requests.set(id, [...(requests.get(id) ?? []), message]);
    }
  const irregular = [...sent.filter(isIrregular), ...view.breaches.filter((seen) => seen.from !== target)];
  const announced = new Map<unknown, number>();
  for (const { at, entry } of steps) {
    const id = entry.conn === view.name ? entry.detail?.["messageId"] : undefined;
    if (!announced.has(id)) announced.set(id, at);
  }
  // Behind a loss any reply may be to a request that nobody saw.
  const places = [...(view.fromStart ? [] : [-1]), ...irregular.map(({ at }) => at)];
  return { requests, announced, irregular: places, answered: new Map() };
}

function isIrregular({ netconf }: SeenMessage): boolean {
  return (
    netconf === undefined || netconf.kind === "other" || (netconf.kind === "rpc" && netconf.messageId === undefined)
  );
}

/** Reports on every reply of a server: whose request it answers, and what it holds. */
export function replyReports(conversation: Conversation, view: ConnectionView): Report[] {
  const asked = askedOn(conversation, view);
  const replies = repliesOn(conversation, view);
  const each = replies.flatMap((reply) => {
    const wrapped = childrenOf(reply.netconf.root).some(
      ({ ns, local }) => ns === NS.notification && local === "notification",
    );
    if (wrapped)
      return [
        broken("NTF-MSG-001", "A notification came inside an rpc-reply", reply.at, {
          expected: "notification as the root element",
          got: shownMessage(reply),
        }),
      ];
    return [...correlationReports(reply, asked), ...contentReports(reply), ...echoReports(reply, asked)];
  });
  return [...each, ...serialReports(asked, replies)];
}

/**
 * Requests are processed in their order (RFC 6241 §4.5): a reply is not overtaken by that to a later request, and when
 * close-session is answered, all before it are.
 */
function serialReports({ requests }: Asked, replies: readonly SeenReply[]): Report[] {
  const answers = new Map(replies.toReversed().map((reply) => [reply.netconf.messageId, reply]));
  const rpcs = [...requests.values()].flatMap((list) => (list.length === 1 ? list : []));
  let next: SeenReply | undefined;
  const reports: Report[] = [];
  let end: SeenReply | undefined;
  for (const rpc of rpcs.toReversed()) {
    const { messageId, operation } = rpc.netconf as Rpc;
    const answer = messageId === undefined ? undefined : answers.get(messageId);
    if (answer && next && next.order < answer.order)
      reports.push(
        broken("NC-RPC-007", "A reply came before that to an earlier request", next.at, {
          expected: "replies in the order of the requests",
          got: shownMessage(next),
        }),
      );
    if (!answer && end && messageId !== undefined)
      reports.push(
        broken("NC-RPC-001", `The request with message-id "${messageId}" was not answered`, end.at, {
          expected: "one reply",
          got: shownMessage(end),
        }),
      );
    if (answer && operation?.local === "close-session" && answer.netconf.ok) end = answer;
    if (answer && (!next || answer.order < next.order)) next = answer;
  }
  return reports;
}

function correlationReports(reply: SeenReply, { requests, announced, irregular, answered }: Asked): Report[] {
  const id = reply.netconf.messageId;
  const got = shownMessage(reply);
  const isExcused = irregular.some((at) => at < reply.at);
  if (id === undefined) {
    if (isExcused) return [];
    return [
      broken("NC-RPC-001", "A reply carries no message-id", reply.at, {
        expected: "the message-id of its request",
        got,
      }),
    ];
  }
  const isAnnounced = (announced.get(id) ?? reply.at) < reply.at;
  const earlier = answered.get(id) ?? 0;
  answered.set(id, earlier + 1);
  const asked = requests.get(id)?.filter((request) => request.at < reply.at).length ?? 0;
  if (asked === 0 && !isExcused && !isAnnounced)
    return [
      broken("NC-RPC-001", `A reply carries message-id "${id}", which no request had`, reply.at, {
        expected: "the message-id of a request",
        got,
      }),
    ];
  if (earlier >= asked && asked > 0)
    return [
      broken("NC-RPC-001", `The request with message-id "${id}" was answered more than once`, reply.at, {
        expected: "one reply",
        got,
      }),
    ];
  return [held("NC-RPC-001", reply.at)];
}

function contentReports(reply: SeenReply): Report[] {
  const { ok, errors, data, root } = reply.netconf;
  const got = shownMessage(reply);
  const serious = errors.filter((one) => one.severity !== "warning");
  const empty = root.children.every((child) => child.kind === "text");
  const foreign = data.find((child) => ["ok", "rpc-error", "data"].includes(child.local) && child.ns !== NS.base);
  const reports: Report[] = [];
  if (empty || (ok && serious.length > 0))
    reports.push(
      broken("NC-RPC-009", empty ? "An rpc-reply is empty" : "A reply holds ok next to an rpc-error", reply.at, {
        expected: "ok, or data, or rpc-error",
        got,
      }),
    );
  else if (foreign)
    reports.push(
      broken(
        foreign.local === "rpc-error" ? "NC-ERR-001" : "NC-RPC-009",
        `${foreign.local} is in namespace "${foreign.ns}"`,
        reply.at,
        { expected: "the base namespace", got },
      ),
    );
  else reports.push(held("NC-RPC-009", reply.at));
  for (const one of errors) {
    const problems = checkRpcError(one);
    for (const problem of problems) reports.push(broken(problem.requirement, problem.message, reply.at, { got }));
    for (const requirement of ["NC-ERR-001", "NC-ERR-002", "NC-ERR-003", "NC-ERR-004", "NC-ERR-006"]) {
      if (!problems.some((problem) => problem.requirement === requirement)) reports.push(held(requirement, reply.at));
    }
    if (one.path !== undefined && !problems.some((problem) => problem.requirement === "NC-ERR-005"))
      reports.push(held("NC-ERR-005", reply.at));
  }
  return reports;
}

/** Attributes and namespace declarations of rpc come back on rpc-reply (RFC 6241 §4.1), on errors too (NC-RPC-006). */
function echoReports(reply: SeenReply, { requests, irregular }: Asked): Report[] {
  const id = reply.netconf.messageId;
  const candidates = requests.get(id) ?? [];
  // A reply without message-id may answer any of several such inputs.
  const isOnly = candidates.length === 1 && (id !== undefined || irregular.length === 1);
  const request = isOnly ? candidates[0]?.netconf : undefined;
  if (request?.kind !== "rpc") return [];
  const { root } = reply.netconf;
  const got = shownMessage(reply);
  const extra = request.root.attributes.filter(
    (attribute) => !(attribute.ns === "" && attribute.local === "message-id"),
  );
  const lost = extra.find(
    (attribute) =>
      !root.attributes.some(
        (other) => other.ns === attribute.ns && other.local === attribute.local && other.value === attribute.value,
      ),
  );
  const requirement = reply.netconf.errors.length > 0 ? "NC-RPC-006" : "NC-RPC-004";
  const reports: Report[] = [];
  if (lost)
    reports.push(
      broken(requirement, `The attribute ${lost.local}="${lost.value}" of the rpc did not come back`, reply.at, {
        expected: "every attribute of rpc, unmodified",
        got,
      }),
    );
  else if (extra.length > 0) reports.push(held(requirement, reply.at));
  const declared = Object.entries(request.root.declarations).filter(([prefix]) => prefix !== "");
  const undeclared = declared.find(
    ([prefix, ns]) => root.declarations[prefix] !== ns && !Object.values(root.declarations).includes(ns),
  );
  if (undeclared)
    reports.push(
      broken(
        "NC-RPC-005",
        `The declaration xmlns:${undeclared[0]}="${undeclared[1]}" of the rpc did not come back`,
        reply.at,
        { expected: "every declaration of rpc", got },
      ),
    );
  else if (declared.length > 0) reports.push(held("NC-RPC-005", reply.at));
  return reports;
}
