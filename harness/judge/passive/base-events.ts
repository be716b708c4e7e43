/** Passive checks on the events of RFC 6470. */
import { isIP } from "node:net";
import { checkXPath, child, childrenOf, inScope, textOf } from "../../netconf/index.ts";
import { NS, type XmlElement } from "../../netconf/types.ts";
import type { Report } from "../check-types.ts";
import { shownMessage } from "../describe.ts";
import { broken, held, type SeenNotification } from "../lookup.ts";

type Problem = string | undefined;

const reasons = ["closed", "killed", "dropped", "timeout", "bad-hello", "other"];
const operations = ["merge", "replace", "create", "delete", "remove"];

interface Rule {
  readonly requirement: string;
  readonly event: string;
  readonly problem: (event: XmlElement) => Problem;
}

const rules: readonly Rule[] = [
  { requirement: "NTF-BASE-001", event: "netconf-session-start", problem: sessionProblem },
  {
    requirement: "NTF-BASE-002",
    event: "netconf-session-end",
    problem: (event) => sessionProblem(event) ?? reasonProblem(event),
  },
  { requirement: "NTF-BASE-003", event: "netconf-session-end", problem: killedByProblem },
  { requirement: "NTF-BASE-005", event: "netconf-config-change", problem: changedByProblem },
  { requirement: "NTF-BASE-006", event: "netconf-config-change", problem: editProblem },
  { requirement: "NTF-BASE-008", event: "netconf-confirmed-commit", problem: confirmedCommitProblem },
];

/** Reports on one notification; none when it is no event of RFC 6470. */
export function baseEventReports(message: SeenNotification): Report[] {
  const { content } = message.netconf;
  if (content?.ns !== NS.base6470) return [];
  return rules
    .filter((rule) => rule.event === content.local)
    .map((rule) => {
      const problem = rule.problem(content);
      return problem === undefined
        ? held(rule.requirement, message.at)
        : broken(rule.requirement, problem, message.at, {
            expected: `${rule.event} as RFC 6470 §2.2 has it`,
            got: shownMessage(message),
          });
    });
}

function leaf(parent: XmlElement, local: string): string | undefined {
  const found = child(parent, NS.base6470, local);
  return found === undefined ? undefined : textOf(found);
}

/** The parameters common to all session events: username, session-id (0: no NETCONF session), source-host? */
function sessionProblem(event: XmlElement): Problem {
  if (leaf(event, "username") === undefined) return `${event.local} lacks username`;
  const id = leaf(event, "session-id");
  if (id === undefined) return `${event.local} lacks session-id`;
  if (!/^\d{1,10}$/.test(id) || Number(id) > 4294967295) return `session-id "${id}" is no unsigned 32-bit number`;
  return hostProblem(event);
}

function hostProblem(event: XmlElement): Problem {
  const host = leaf(event, "source-host");
  if (host === undefined) return undefined;
  return isIP(host.replace(/%.*$/, "")) === 0 ? `source-host "${host}" is no IP address` : undefined;
}

function reasonProblem(event: XmlElement): Problem {
  const reason = leaf(event, "termination-reason");
  if (reason === undefined) return "netconf-session-end lacks termination-reason";
  return reasons.includes(reason) ? undefined : `termination-reason "${reason}" is not defined`;
}

/** Without killed-by it was no NETCONF session that killed. */
function killedByProblem(event: XmlElement): Problem {
  const isKilled = leaf(event, "termination-reason") === "killed";
  if (isKilled || leaf(event, "killed-by") === undefined) return undefined;
  return "killed-by stands with another reason than killed";
}

/** Who does it is said unless nobody does (RFC 6470 §2.2, erratum 3957); the time left where one begins to run. */
function confirmedCommitProblem(event: XmlElement): Problem {
  const what = leaf(event, "confirm-event");
  if (what === undefined) return "netconf-confirmed-commit lacks confirm-event";
  const parameters = ["username", "session-id", "source-host"].filter((name) => leaf(event, name) !== undefined);
  if (what === "timeout" && parameters.length > 0) return `confirm-event timeout stands with ${parameters.join(", ")}`;
  const runs = what === "start" || what === "extend";
  if (!runs && leaf(event, "timeout") !== undefined) return `confirm-event ${what} stands with a timeout`;
  return what === "timeout" ? undefined : sessionProblem(event);
}

function changedByProblem(event: XmlElement): Problem {
  const changedBy = child(event, NS.base6470, "changed-by");
  if (!changedBy) return "netconf-config-change lacks changed-by";
  const byServer = child(changedBy, NS.base6470, "server") !== undefined;
  const byUser = leaf(changedBy, "username") !== undefined || leaf(changedBy, "session-id") !== undefined;
  if (byServer === byUser) return "changed-by holds not exactly one of server and username with session-id";
  if (byUser && (leaf(changedBy, "username") === undefined || leaf(changedBy, "session-id") === undefined))
    return "changed-by lacks username or session-id";
  const datastore = leaf(event, "datastore");
  return datastore === undefined || datastore === "running" || datastore === "startup"
    ? hostProblem(changedBy)
    : `datastore "${datastore}" is not defined`;
}

/** An instance-identifier: an absolute path whose prefixes are declared where it stands (RFC 7950 §9.13.2). */
function targetProblem(target: XmlElement | undefined): Problem {
  if (target === undefined) return undefined;
  const path = textOf(target);
  if (!path.startsWith("/")) return `target "${path}" is no instance-identifier`;
  const problem = checkXPath(path, inScope(target));
  return problem === undefined ? undefined : `target "${path}": ${problem}`;
}

function editProblem(event: XmlElement): Problem {
  for (const edit of childrenOf(event).filter((part) => part.local === "edit")) {
    const operation = leaf(edit, "operation");
    if (operation === undefined) return "an edit lacks its operation";
    if (!operations.includes(operation)) return `operation "${operation}" is not defined`;
    const problem = targetProblem(child(edit, NS.base6470, "target"));
    if (problem !== undefined) return problem;
  }
  return undefined;
}
