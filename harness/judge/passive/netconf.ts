/** Passive checks on NETCONF: every message of the target in every transcript. */
import { checkRpcError, childrenOf, detectFraming, isAbsoluteUri, readXml } from "../../netconf/index.ts";
import { NS, type XmlElement } from "../../netconf/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, Conversation, SeenMessage } from "../conversation.ts";
import { hex, shownMessage } from "../describe.ts";
import { broken, fromTarget, held, repliesOn, type SeenReply } from "../lookup.ts";

/** Reports on messages, hellos and replies of every connection. */
export function netconfReports(conversation: Conversation): Report[] {
  return [...conversation.connections.values()].flatMap((view) => {
    const messages = fromTarget(conversation, view.messages);
    return [...documentReports(messages), ...helloReports(messages), ...replyReports(conversation, view)];
  });
}

/** Reports on each message by itself; on two that are the halves of one document, that they are. */
function documentReports(messages: readonly SeenMessage[]): Report[] {
  const halves = new Set<SeenMessage>();
  return messages.flatMap((message, index) => {
    const next = messages[index + 1];
    if (halves.has(message)) return [];
    if (!next || !isHalved(message, next)) return messageReports(message);
    halves.add(next);
    return [
      broken("IID-MSG-001", "One document came in two WebSocket messages", message.at, {
        expected: "exactly one document in each",
        got: `${shownMessage(message)}\n${shownMessage(next)}`,
      }),
    ];
  });
}

function isHalved(first: SeenMessage, second: SeenMessage): boolean {
  return !first.xml.ok && !second.xml.ok && readXml(`${first.text}${second.text}`).ok;
}

function messageReports(message: SeenMessage): Report[] {
  const reports: Report[] = [];
  const report = (requirement: string, bad: boolean, text: string, expected: string) =>
    reports.push(
      bad
        ? broken(requirement, text, message.at, { expected, got: `${shownMessage(message)}\n${hex(message.data, 32)}` })
        : held(requirement, message.at),
    );
  const problem = message.xml.ok ? undefined : message.xml.error.problem;
  const why = message.xml.ok ? "" : message.xml.error.message;
  report(
    "NC-XML-002",
    problem === "not-utf8" || problem === "declared-encoding",
    `A message is not UTF-8: ${why}`,
    "UTF-8",
  );
  report("NC-XML-003", problem === "doctype", "A message carries a document type declaration", "no DOCTYPE");
  const framed = detectFraming(message.text) !== "none";
  report("IID-MSG-002", framed, "A message carries the framing of NETCONF over SSH", "one bare document");
  if (!framed && problem === "not-well-formed" && isSeveralDocuments(message.text))
    report("IID-MSG-001", true, "A WebSocket message holds more or less than one document", "exactly one document");
  else if (problem !== "limit") {
    report(
      "NC-XML-001",
      problem === "not-well-formed" || problem === "namespace",
      `A message is no well-formed XML document: ${why}`,
      "well-formed XML",
    );
    if (message.xml.ok) report("IID-MSG-001", false, "", "");
  }
  report("IID-MSG-004", message.kind !== "text", "A NETCONF message came as binary", "a text message");
  if (message.xml.ok) reports.push(...rootReports(message, message.xml.root));
  return reports;
}

const endTags = /<\/(?:[\w.-]+:)?(?:hello|rpc-reply|notification)\s*>\s*(?:<\?[^>]*\?>\s*)?</;

function isSeveralDocuments(text: string): boolean {
  return endTags.test(text);
}

const rootNames: ReadonlyMap<string, { readonly ns: string; readonly requirement: string }> = new Map([
  ["hello", { ns: NS.base, requirement: "NC-HELLO-001" }],
  ["rpc-reply", { ns: NS.base, requirement: "NC-RPC-001" }],
  ["notification", { ns: NS.notification, requirement: "NTF-MSG-001" }],
]);

function rootReports(message: SeenMessage, root: XmlElement): Report[] {
  const evidence = { expected: "hello, rpc-reply or notification in its namespace", got: shownMessage(message) };
  const known = rootNames.get(root.local);
  if (known) {
    if (root.ns === known.ns) return [held(known.requirement, message.at), held("IID-MSG-007", message.at)];
    return [
      broken(known.requirement, `The root element ${root.local} is in namespace "${root.ns}"`, message.at, evidence),
    ];
  }
  if (root.local === "Envelope")
    return [broken("IID-MSG-007", "A message is wrapped in a SOAP envelope", message.at, evidence)];
  return [
    broken("NC-XML-001", `The root element is ${root.local}, which no NETCONF server sends`, message.at, evidence),
  ];
}

function helloReports(messages: readonly SeenMessage[]): Report[] {
  const reports: Report[] = [];
  const first = messages[0];
  if (first?.xml.ok && rootNames.has(first.xml.root.local) && first.xml.root.local !== "hello") {
    reports.push(
      broken("NC-HELLO-001", "The first message is no hello", first.at, {
        expected: "hello",
        got: shownMessage(first),
      }),
    );
  }
  const hellos = messages.filter((message) => message.netconf?.kind === "hello");
  for (const hello of hellos.slice(1))
    reports.push(
      broken("NC-HELLO-001", "A second hello was sent", hello.at, { expected: "one hello", got: shownMessage(hello) }),
    );
  const hello = hellos[0];
  if (hello?.netconf?.kind === "hello") reports.push(...helloContentReports(hello, hello.netconf));
  return reports;
}

function helloContentReports(
  message: SeenMessage,
  hello: { root: XmlElement; capabilities: readonly string[]; sessionId?: string },
): Report[] {
  const got = shownMessage(message);
  const reports: Report[] = [];
  const report = (requirement: string, good: boolean, text: string, expected: string) =>
    reports.push(good ? held(requirement, message.at) : broken(requirement, text, message.at, { expected, got }));
  const elements = hello.root.children.filter((child): child is XmlElement => child.kind === "element");
  const structured =
    elements[0]?.local === "capabilities" &&
    elements[0].ns === NS.base &&
    elements[0].children.every(
      (child) => child.kind === "text" || (child.ns === NS.base && child.local === "capability"),
    );
  const capabilities = elements.find((child) => child.local === "capabilities");
  const misplaced = capabilities?.children.some((child) => child.kind === "element" && child.local === "session-id");
  if (!misplaced)
    report(
      "NC-HELLO-001",
      structured && hello.capabilities.length > 0,
      "The hello does not hold capabilities in the base namespace as its first child",
      "capabilities with capability elements in the base namespace",
    );
  const ids = elements.filter((child) => child.local === "session-id" && child.ns === NS.base);
  report(
    "NC-HELLO-004",
    ids.length === 1,
    "The hello does not hold exactly one session-id as its own child, in the base namespace",
    "one session-id child of hello",
  );
  if (ids.length === 1 && hello.sessionId !== undefined) {
    const id = hello.sessionId.trim();
    report(
      "NC-HELLO-005",
      /^[0-9]{1,10}$/.test(id) && Number(id) >= 1 && Number(id) <= 4294967295,
      "The session-id is no unsigned 32-bit number from 1 up",
      "1 to 4294967295",
    );
  }
  const uris = hello.capabilities.map((uri) => uri.trim());
  const bases = uris.map((uri) => uri.split("?")[0]);
  report(
    "NC-HELLO-010",
    bases.includes("urn:ietf:params:netconf:base:1.0") || bases.includes("urn:ietf:params:netconf:base:1.1"),
    "No base capability is advertised",
    "urn:ietf:params:netconf:base:1.0 or 1.1",
  );
  const relative = uris.find((uri) => !isAbsoluteUri(uri));
  report("NC-HELLO-015", relative === undefined, `"${relative ?? ""}" is no absolute URI`, "absolute URIs");
  const interleave = bases.includes("urn:ietf:params:netconf:capability:interleave:1.0");
  if (interleave)
    report(
      "NTF-ILV-004",
      bases.includes("urn:ietf:params:netconf:capability:notification:1.0"),
      "interleave is advertised without notification",
      "both capabilities",
    );
  return reports;
}

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
  return { requests, announced, irregular: irregular.map(({ at }) => at), answered: new Map() };
}

function isIrregular({ netconf }: SeenMessage): boolean {
  return (
    netconf === undefined || netconf.kind === "other" || (netconf.kind === "rpc" && netconf.messageId === undefined)
  );
}

function replyReports(conversation: Conversation, view: ConnectionView): Report[] {
  const asked = askedOn(conversation, view);
  return repliesOn(conversation, view).flatMap((reply) => {
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
