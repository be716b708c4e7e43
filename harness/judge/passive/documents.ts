/** Passive checks on each message as a document: encoding, XML, framing, root element. */
import { detectFraming, readXml } from "../../netconf/index.ts";
import { NS, type XmlElement } from "../../netconf/types.ts";
import type { End } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import type { SeenMessage } from "../conversation.ts";
import { hex, shownMessage } from "../describe.ts";
import { broken, held } from "../lookup.ts";

/** Reports on each message by itself; on two that are the halves of one document, that they are. */
export function documentReports(messages: readonly SeenMessage[], from: End): Report[] {
  const halves = new Set<SeenMessage>();
  return messages.flatMap((message, index) => {
    const next = messages[index + 1];
    if (halves.has(message)) return [];
    if (!next || !isHalved(message, next)) return messageReports(message, from);
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

function messageReports(message: SeenMessage, from: End): Report[] {
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
  if (message.xml.ok) reports.push(...rootReports(message, message.xml.root, from));
  return reports;
}

const endTags = /<\/(?:[\w.-]+:)?(?:hello|rpc|rpc-reply|notification)\s*>\s*(?:<\?[^>]*\?>\s*)?</;

function isSeveralDocuments(text: string): boolean {
  return endTags.test(text);
}

interface Root {
  readonly ns: string;
  /** Charged where it stands in another namespace. */
  readonly requirement: string;
}

const hello: Root = { ns: NS.base, requirement: "NC-HELLO-001" };

/** The root elements that an end sends, by local name. */
export const rootsOf: Record<End, ReadonlyMap<string, Root>> = {
  server: new Map([
    ["hello", hello],
    ["rpc-reply", { ns: NS.base, requirement: "NC-RPC-001" }],
    ["notification", { ns: NS.notification, requirement: "NTF-MSG-001" }],
  ]),
  client: new Map([
    ["hello", hello],
    ["rpc", { ns: NS.base, requirement: "NC-XML-009" }],
  ]),
};

function rootReports(message: SeenMessage, root: XmlElement, from: End): Report[] {
  const names = [...rootsOf[from].keys()].join(" or ");
  const evidence = { expected: `${names} in its namespace`, got: shownMessage(message) };
  const known = rootsOf[from].get(root.local);
  if (known) {
    if (root.ns === known.ns) return [held(known.requirement, message.at), held("IID-MSG-007", message.at)];
    return [
      broken(known.requirement, `The root element ${root.local} is in namespace "${root.ns}"`, message.at, evidence),
    ];
  }
  if (root.local === "Envelope")
    return [broken("IID-MSG-007", "A message is wrapped in a SOAP envelope", message.at, evidence)];
  // What a client answers to a notification is a breach of its own (requests.ts).
  if (from === "client" && rootsOf.server.has(root.local)) return [];
  return [
    broken("NC-XML-001", `The root element is ${root.local}, which no NETCONF ${from} sends`, message.at, evidence),
  ];
}
