/** Passive checks on the hello: that it comes first and once, and what it holds (RFC 6241 §8.1). */
import { childrenOf, isAbsoluteUri } from "../../netconf/index.ts";
import { type NetconfMessage, NS } from "../../netconf/types.ts";
import type { End } from "../../wire/types.ts";
import type { Report } from "../check-types.ts";
import type { SeenMessage } from "../conversation.ts";
import { shownMessage } from "../describe.ts";
import { broken, held } from "../lookup.ts";
import { rootsOf } from "./documents.ts";

/**
 * @param messages of `from`, in order
 * @param fromStart they begin with the session
 */
export function helloReports(messages: readonly SeenMessage[], from: End, fromStart: boolean): Report[] {
  const reports: Report[] = [];
  const first = messages[0];
  if (fromStart && first?.xml.ok && rootsOf[from].has(first.xml.root.local) && first.xml.root.local !== "hello") {
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
  if (hello?.netconf?.kind === "hello") reports.push(...helloContentReports(hello, hello.netconf, from));
  return reports;
}

type Hello = Extract<NetconfMessage, { kind: "hello" }>;

/** Says of one requirement that it was kept or, with the text, broken. */
type Say = (requirement: string, good: boolean, text: string, expected: string) => void;

function helloContentReports(message: SeenMessage, hello: Hello, from: End): Report[] {
  const got = shownMessage(message);
  const reports: Report[] = [];
  const say: Say = (requirement, good, text, expected) =>
    reports.push(good ? held(requirement, message.at) : broken(requirement, text, message.at, { expected, got }));
  sayStructure(hello, say);
  sayCapabilities(hello, from, say);
  if (from === "server") saySessionId(hello, say);
  else
    say(
      "NC-HELLO-007",
      !childrenOf(hello.root).some(({ local }) => local === "session-id"),
      "The hello of a client carries a session-id",
      "no session-id",
    );
  return reports;
}

function sayStructure({ root, capabilities }: Hello, say: Say): void {
  const elements = childrenOf(root);
  const structured =
    elements[0]?.local === "capabilities" &&
    elements[0].ns === NS.base &&
    elements[0].children.every(
      (child) => child.kind === "text" || (child.ns === NS.base && child.local === "capability"),
    );
  const list = elements.find((child) => child.local === "capabilities");
  const misplaced = list?.children.some((child) => child.kind === "element" && child.local === "session-id");
  if (!misplaced)
    say(
      "NC-HELLO-001",
      structured && capabilities.length > 0,
      "The hello does not hold capabilities in the base namespace as its first child",
      "capabilities with capability elements in the base namespace",
    );
}

function saySessionId({ root, sessionId }: Hello, say: Say): void {
  const ids = childrenOf(root).filter((child) => child.local === "session-id" && child.ns === NS.base);
  say(
    "NC-HELLO-004",
    ids.length === 1,
    "The hello does not hold exactly one session-id as its own child, in the base namespace",
    "one session-id child of hello",
  );
  if (ids.length !== 1 || sessionId === undefined) return;
  const id = sessionId.trim();
  say(
    "NC-HELLO-005",
    /^[0-9]{1,10}$/.test(id) && Number(id) >= 1 && Number(id) <= 4294967295,
    "The session-id is no unsigned 32-bit number from 1 up",
    "1 to 4294967295",
  );
}

function sayCapabilities({ capabilities }: Hello, from: End, say: Say): void {
  const uris = capabilities.map((uri) => uri.trim());
  const bases = uris.map((uri) => uri.split("?")[0]);
  say(
    "NC-HELLO-010",
    bases.includes("urn:ietf:params:netconf:base:1.0") || bases.includes("urn:ietf:params:netconf:base:1.1"),
    "No base capability is advertised",
    "urn:ietf:params:netconf:base:1.0 or 1.1",
  );
  const relative = uris.find((uri) => !isAbsoluteUri(uri));
  say("NC-HELLO-015", relative === undefined, `"${relative ?? ""}" is no absolute URI`, "absolute URIs");
  if (from === "server" && bases.includes("urn:ietf:params:netconf:capability:interleave:1.0"))
    say(
      "NTF-ILV-004",
      bases.includes("urn:ietf:params:netconf:capability:notification:1.0"),
      "interleave is advertised without notification",
      "both capabilities",
    );
}
