/** Checks on notifications. */

import { carriesMark } from "../../netconf/event-mark.ts";
import {
  atResolutionOf,
  canonical,
  readInstant,
  readXml,
  selectsEvent,
  xpathSelectsEvent,
} from "../../netconf/index.ts";
import type { XmlElement } from "../../netconf/types.ts";
import type { Check, CheckContext } from "../check-types.ts";
import type { ConnectionView } from "../conversation.ts";
import { shownMessage } from "../describe.ts";
import {
  type Args,
  broken,
  eventsOf,
  fillIn,
  held,
  isControl,
  marksOf,
  notificationsOn,
  repliesOn,
  replyTo,
  rpcOf,
  type SeenNotification,
  stoppedBeforeWaiting,
  targetEnd,
  unknownSession,
  unseen,
  viewOf,
} from "../lookup.ts";

/** What `of` and the members of an order name: a mark, or one of the two control notifications. */
function named(context: CheckContext, view: ConnectionView, name: string, kind?: string): SeenNotification[] {
  const { conversation } = context;
  if (name === "replayComplete" || name === "notificationComplete")
    return notificationsOn(conversation, view).filter((message) => isControl(message.netconf, name));
  if (name === "any") return notificationsOn(conversation, view);
  return eventsOf(conversation, view, name, kind);
}

/** Whether what has to come after an absence came: a later event, control, reply, or the end of the connection. */
function proved(context: CheckContext, view: ConnectionView, until: unknown): boolean {
  if (until === undefined) return true;
  const { conversation } = context;
  const args = until as Args;
  if (args["reply"] !== undefined) return replyTo(conversation, args["reply"]) !== undefined;
  if (args["end"] === true) return targetEnd(conversation, view) !== undefined;
  return named(context, view, String(args["event"])).length > 0;
}

/**
 * `events: { on, of, name?, is? | min? | max?, until?, before? }`: how often the events of a mark (or
 * `replayComplete`, `notificationComplete`, `any`) came. `each: n` is asked of every occurrence of the mark.
 * A maximum needs its proof `until`: something that must come later on that connection and did.
 */
export const events: Check = (args, context) => {
  const { conversation, requirement } = context;
  const view = viewOf(conversation, args["on"]);
  const of = String(args["of"]);
  const isMark = of !== "replayComplete" && of !== "notificationComplete" && of !== "any";
  if (!view || (isMark && marksOf(conversation, of).length === 0))
    return unseen(requirement, `"${of}" was not caused, or "${String(args["on"])}" not opened`);
  const seen = named(context, view, of, args["name"] as string | undefined);
  const problem = args["each"] === undefined ? countProblem(args, seen.length) : eachProblem(args, context, of, seen);
  const excuse = problem?.isLack ? excuseFor(context, view) : undefined;
  if (excuse !== undefined) return unseen(requirement, excuse);
  if (problem)
    return broken(requirement, problem.message, seen.at(-1)?.at ?? view.lastAt, {
      expected: problem.expected,
      got: problem.got,
    });
  if (!proved(context, view, args["until"]))
    return unseen(requirement, `nothing came on "${String(args["on"])}" that proves the rest stayed away`);
  return held(requirement, seen.at(-1)?.at);
};

/** Why events may be missing without a fault: no subscription was made, or the drive stopped before it waited for them. */
function excuseFor({ conversation }: CheckContext, view: ConnectionView): string | undefined {
  const asked = view.messages.flatMap(({ from, netconf }) =>
    from !== conversation.target && netconf?.kind === "rpc" && netconf.operation?.local === "create-subscription"
      ? [netconf.messageId]
      : [],
  );
  const granted = repliesOn(conversation, view).some(
    ({ netconf }) => asked.includes(netconf.messageId) && netconf.errors.length === 0,
  );
  if (!granted) return `no subscription was made on "${view.name}"`;
  return stoppedBeforeWaiting(conversation, view)
    ? `the drive stopped before it waited for the events on "${view.name}"`
    : undefined;
}

interface Problem {
  /** Too few came, not too many. */
  readonly isLack: boolean;
  readonly message: string;
  readonly expected: string;
  readonly got: string;
}

function countProblem(args: Args, count: number): Problem | undefined {
  const min = Number(args["is"] ?? args["min"] ?? 0);
  const max = Number(args["is"] ?? args["max"] ?? Number.POSITIVE_INFINITY);
  const of = `${String(args["of"])}${args["name"] === undefined ? "" : ` (${String(args["name"])})`} on "${String(args["on"])}"`;
  const expected =
    args["is"] === undefined ? (args["max"] === undefined ? `at least ${min}` : `at most ${max}`) : String(args["is"]);
  if (count < min) return { isLack: true, message: `Too few: ${of}`, expected, got: String(count) };
  if (count > max) return { isLack: false, message: `Too many: ${of}`, expected, got: String(count) };
  return undefined;
}

function eachProblem(
  args: Args,
  { conversation }: CheckContext,
  of: string,
  seen: readonly SeenNotification[],
): Problem | undefined {
  const wanted = Number(args["each"]);
  for (const [index, mark] of marksOf(conversation, of).entries()) {
    const count = seen.filter(
      (message) => message.netconf.content && carriesMark(message.netconf.content, mark),
    ).length;
    if (count !== wanted) {
      return {
        isLack: count < wanted,
        message: `Event ${index + 1} of "${of}" came ${count} times on "${String(args["on"])}"`,
        expected: `each ${wanted} times`,
        got: String(count),
      };
    }
  }
  return undefined;
}

/** `ordered: { on, of: [marks and controls] }`: every notification of one comes before every one of the next. */
export const ordered: Check = (args, context) => {
  const { conversation, requirement } = context;
  const view = viewOf(conversation, args["on"]);
  const names = args["of"] as readonly string[];
  if (!view) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  const all = notificationsOn(conversation, view);
  const places = names.map((name) => named(context, view, name).map((message) => all.indexOf(message)));
  const absent = names.find((_name, index) => places[index]?.length === 0);
  if (absent !== undefined) return unseen(requirement, `"${absent}" did not come on "${String(args["on"])}"`);
  for (let index = 1; index < names.length; index += 1) {
    const lastBefore = Math.max(...(places[index - 1] as number[]));
    const firstAfter = Math.min(...(places[index] as number[]));
    if (firstAfter < lastBefore) {
      return broken(
        requirement,
        `"${names[index]}" came before "${names[index - 1]}" was complete`,
        all[firstAfter]?.at ?? -1,
        { expected: names.join(", then "), got: shownMessage(all[firstAfter] as SeenNotification) },
      );
    }
  }
  return held(requirement, view.lastAt);
};

/** `sequence: { on, of }`: the occurrences of a mark come in the order they were caused. */
export const sequence: Check = (args, context) => {
  const { conversation, requirement } = context;
  const view = viewOf(conversation, args["on"]);
  if (!view) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  const marks = marksOf(conversation, String(args["of"]));
  const seen = eventsOf(conversation, view, String(args["of"]), args["name"] as string | undefined);
  if (seen.length < 2) return unseen(requirement, `fewer than two of "${String(args["of"])}" came`);
  const order = seen.map((message) =>
    marks.findIndex((mark) => message.netconf.content && carriesMark(message.netconf.content, mark)),
  );
  const wrong = order.findIndex((place, index) => index > 0 && place < (order[index - 1] ?? -1));
  if (wrong < 0) return held(requirement, seen.at(-1)?.at);
  return broken(requirement, "Events came in another order than they were generated", seen[wrong]?.at ?? -1, {
    expected: "ascending",
    got: order.map((place) => place + 1).join(", "),
  });
};

/**
 * `filtered: { on, against, of, filter? | xpath?, prefixes?, wildcard?, until? }`: of the events of these
 * marks that the unfiltered session `against` got, `on` got exactly those that the filter selects by our
 * own evaluation. Both directions are one requirement.
 */
export const filtered: Check = (args, context) => {
  const { conversation, requirement } = context;
  const view = viewOf(conversation, args["on"]);
  const reference = viewOf(conversation, args["against"]);
  if (!view || !reference) return unseen(requirement, "the filtered or the unfiltered session was not opened");
  const marks = listOf(args["of"]);
  const all = marks.flatMap((mark) => eventsOf(conversation, reference, mark));
  const got = marks.flatMap((mark) => eventsOf(conversation, view, mark));
  if (all.length === 0) return unseen(requirement, "the unfiltered session got none of the events");
  const unknown = unknownSession(conversation, `${String(args["xpath"] ?? "")}${String(args["filter"] ?? "")}`);
  if (unknown !== undefined) return unseen(requirement, `"${unknown}" was given no session-id`);
  const decide = decider(args, context);
  const verdicts = all.map((message) => ({ message, wanted: decide(message) }));
  const remaining = got.map((message) => contentKey(message));
  for (const { message, wanted } of verdicts) {
    const place = remaining.indexOf(contentKey(message));
    if (place >= 0) remaining.splice(place, 1);
    if (wanted === true && place < 0) {
      const excuse = excuseFor(context, view);
      if (excuse !== undefined) return unseen(requirement, excuse);
      return broken(requirement, "An event that the filter selects did not come whole", view.lastAt, {
        expected: shownMessage(message),
        got: got.length === 0 ? "no such event" : got.map(shownMessage).join("\n"),
      });
    }
    if (wanted === false && place >= 0)
      return broken(requirement, "An event came that the filter does not select", view.lastAt, {
        expected: "not delivered",
        got: shownMessage(message),
      });
  }
  if (remaining.length > 0)
    return broken(requirement, "An event came that the unfiltered session did not get in that form", view.lastAt, {
      expected: all.map(shownMessage).join("\n"),
      got: got.map(shownMessage).join("\n"),
    });
  if (!proved(context, view, args["until"]))
    return unseen(requirement, "nothing came that proves the other events stayed away");
  return held(requirement, view.lastAt);
};

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function contentKey(message: SeenNotification): string {
  return message.netconf.content ? canonical(message.netconf.content) : "";
}

function decider(args: Args, { conversation }: CheckContext): (message: SeenNotification) => boolean | "undecided" {
  if (args["xpath"] !== undefined) {
    const select = fillIn(conversation, String(args["xpath"]));
    return (message) =>
      message.netconf.content !== undefined &&
      xpathSelectsEvent(select, (args["prefixes"] ?? {}) as Record<string, string>, message.netconf.content);
  }
  const inside = fillIn(conversation, String(args["filter"] ?? ""));
  const reading = readXml(`<filter xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0">${inside}</filter>`);
  if (!reading.ok) throw new Error(`filter of a fixture: ${reading.error.message}`);
  const filter: XmlElement = reading.root;
  return (message) =>
    message.netconf.content !== undefined &&
    selectsEvent(filter, message.netconf.content, { wildcard: args["wildcard"] !== false });
}

/** `same-events: { on, as, of }`: the events of a mark came on `on` with content and eventTime as on `as`. */
export const sameEvents: Check = (args, context) => {
  const { conversation, requirement } = context;
  const view = viewOf(conversation, args["on"]);
  const other = viewOf(conversation, args["as"]);
  if (!view || !other) return unseen(requirement, "one of the sessions was not opened");
  const ours = eventsOf(conversation, view, String(args["of"]));
  const theirs = eventsOf(conversation, other, String(args["of"]));
  if (ours.length === 0 || theirs.length === 0)
    return unseen(requirement, `"${String(args["of"])}" did not come on both sessions`);
  for (const message of theirs) {
    const twins = ours.filter((one) => contentKey(one) === contentKey(message));
    const [twin] = twins;
    if (!twin)
      return broken(requirement, "An event has other content than where it was first seen", ours[0]?.at ?? -1, {
        expected: shownMessage(message),
        got: ours.map(shownMessage).join("\n"),
      });
    if (!twins.some((one) => sameTime(one, message)))
      return broken(requirement, "An event has another eventTime than where it was first seen", twin.at, {
        expected: message.netconf.eventTime ?? "",
        got: twin.netconf.eventTime ?? "",
      });
  }
  return held(requirement, ours.at(-1)?.at);
};

/** Whether two notifications carry the same instant; what is no time is another requirement's business. */
function sameTime(one: SeenNotification, other: SeenNotification): boolean {
  const [a, b] = [readInstant(one.netconf.eventTime ?? ""), readInstant(other.netconf.eventTime ?? "")];
  return !a || !b || a.nanos === b.nanos;
}

/**
 * `event-times: { on, subscription, field?, bound?, toleranceMs? }`: the events behind that subscription have an
 * eventTime not before (`bound: notAfter`: not after) the time that it asked for in `field` (default `startTime`).
 * A server that shows whole seconds cannot show more: the lower bound is taken at its resolution.
 */
export const eventTimes: Check = (args, context) => {
  const { conversation, requirement } = context;
  const view = viewOf(conversation, args["on"]);
  const step = conversation.step(String(args["subscription"]));
  const asked = step?.entry.detail?.[String(args["field"] ?? "startTime")];
  const bound = readInstant(String(asked ?? ""));
  if (!view || !step || !bound) return unseen(requirement, "the subscription with that time was not made");
  const events = notificationsOn(conversation, view).filter(
    (message) =>
      message.at > step.at &&
      !isControl(message.netconf, "replayComplete") &&
      !isControl(message.netconf, "notificationComplete"),
  );
  const isAfter = args["bound"] === "notAfter";
  const toleranceNanos = BigInt(Math.round(Number(args["toleranceMs"] ?? 0) * 1_000_000));
  const wrong = events.find((message) => {
    const instant = readInstant(message.netconf.eventTime ?? "");
    if (!instant) return false;
    return isAfter
      ? instant.nanos > bound.nanos + toleranceNanos
      : instant.nanos < atResolutionOf(bound, instant) - toleranceNanos;
  });
  if (!wrong && events.length === 0) return unseen(requirement, `no event came on "${String(args["on"])}"`);
  if (!wrong) return held(requirement, view.lastAt);
  return broken(requirement, `An event from outside the window came`, wrong.at, {
    expected: `eventTime ${isAfter ? "not after" : "not before"} ${String(asked)}`,
    got: wrong.netconf.eventTime ?? "",
  });
};

/** `reply-first: { to }`: no notification between a create-subscription and the reply to it. */
export const replyFirst: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  if (!rpc) return unseen(requirement, `"${String(args["to"])}" was not sent`);
  const reply = replyTo(conversation, args["to"]);
  const first = notificationsOn(conversation, rpc.view).find((message) => message.at > rpc.step.at);
  if (!reply) return unseen(requirement, `"${String(args["to"])}" was not answered`);
  if (!first || reply.order < first.order) return held(requirement, reply.at);
  return broken(requirement, "A notification came before the reply to its create-subscription", first.at, {
    expected: "rpc-reply first",
    got: shownMessage(first),
  });
};

/** `at-most-once: { on, of }`: no event of the mark came twice. */
export const atMostOnce: Check = (args, { conversation, requirement }) => {
  const view = viewOf(conversation, args["on"]);
  if (!view) return unseen(requirement, `"${String(args["on"])}" was not opened`);
  const seen = eventsOf(conversation, view, String(args["of"]));
  if (seen.length === 0) return unseen(requirement, `none of "${String(args["of"])}" came`);
  const keys = seen.map(contentKey);
  const twice = keys.findIndex((key, index) => keys.indexOf(key) < index);
  if (twice < 0) return held(requirement, view.lastAt);
  return broken(requirement, "An event was delivered twice", seen[twice]?.at ?? -1, {
    expected: "each event once",
    got: shownMessage(seen[twice] as SeenNotification),
  });
};

/** `none-after: { to }`: no notification came on the session behind the reply to that rpc; its end proves it. */
export const noneAfter: Check = (args, { conversation, requirement }) => {
  const rpc = rpcOf(conversation, args["to"]);
  const reply = replyTo(conversation, args["to"]);
  if (!rpc || !reply) return unseen(requirement, `"${String(args["to"])}" was not answered`);
  const all = rpc.view.messages;
  const late = notificationsOn(conversation, rpc.view).find((message) => all.indexOf(message) > all.indexOf(reply));
  if (late)
    return broken(requirement, "A notification came when the subscription was over", late.at, {
      expected: "no notification behind the reply",
      got: shownMessage(late),
    });
  if (targetEnd(conversation, rpc.view) === undefined)
    return unseen(requirement, "the connection did not end, so a notification may still come");
  return held(requirement, rpc.view.lastAt);
};
