/**
 * Passive checks by schema (`fixtures/xsd`): what no rule written by hand looks for, such as an element that a message
 * or an event does not have. Where such a rule has found a message wrong already, it says more, and this is silent.
 */
import type { XmlElement } from "../../netconf/types.ts";
import type { Report } from "../check-types.ts";
import type { Conversation, SeenMessage } from "../conversation.ts";
import { shownMessage } from "../describe.ts";
import { broken, fromTarget, held } from "../lookup.ts";
import { type SchemaName, schema } from "../schemas.ts";
import { type Part, partsOf } from "./schema-parts.ts";

const requirementOf: Record<SchemaName, string> = {
  netconf: "NC-XML-009",
  notification: "NTF-MSG-011",
  netmod: "NTF-MSG-011",
  "base-notifications": "NTF-BASE-009",
};

const sourceOf: Record<SchemaName, string> = {
  netconf: "the XML Schema of RFC 6241 Appendix B",
  notification: "the XML Schema of RFC 5277 §4",
  netmod: "the XML Schema of RFC 5277 §4",
  "base-notifications": "the YANG module of RFC 6470 §2.2",
};

/** @param others what the other passive checks report of this conversation */
export function schemaReports(conversation: Conversation, others: readonly Report[]): Report[] {
  const wrong = new Set(others.filter(({ outcome }) => outcome === "broken").map(({ at }) => at));
  return [...conversation.connections.values()].flatMap((view) =>
    fromTarget(conversation, view.messages)
      .filter((message) => !wrong.has(message.at))
      .flatMap(reportsOn),
  );
}

function reportsOn(message: SeenMessage): Report[] {
  if (!message.xml.ok) return [];
  return validated(message.xml.root).map(({ name, problems }) => {
    const requirement = requirementOf[name];
    if (problems.length === 0) return held(requirement, message.at);
    return broken(requirement, `Not valid: ${problems.join(" ")}`, message.at, {
      expected: `what ${sourceOf[name]} allows`,
      got: shownMessage(message),
    });
  });
}

interface Validated {
  readonly name: SchemaName;
  readonly problems: readonly string[];
}

/** Trees are shared between the sessions that a message came to, and their parts between messages that differ by number and time. */
const byTree = new WeakMap<XmlElement, readonly Validated[]>();
const byText = new Map<string, readonly string[]>();
const maximumKept = 4096;

function validated(root: XmlElement): readonly Validated[] {
  const known = byTree.get(root);
  if (known) return known;
  const fresh = partsOf(root).map(({ name, document }) => ({ name, problems: problemsOf({ name, document }) }));
  byTree.set(root, fresh);
  return fresh;
}

function problemsOf({ name, document }: Part): readonly string[] {
  const key = `${name} ${document}`;
  const known = byText.get(key);
  if (known) return known;
  const problems = schema(name).problems(document);
  if (byText.size >= maximumKept) byText.clear();
  byText.set(key, problems);
  return problems;
}
