/** Passive checks on notifications: their form, and the subscription state they are sent in. */
import { atResolutionOf, attribute, child, childrenOf, readInstant, textOf } from "../../netconf/index.ts";
import { type Instant, NS } from "../../netconf/types.ts";
import type { Report } from "../check-types.ts";
import type { ConnectionView, Conversation, SeenMessage } from "../conversation.ts";
import { shownMessage } from "../describe.ts";
import { broken, held, isControl, type Reply, type SeenNotification } from "../lookup.ts";
import { stretchesOf } from "../stretches.ts";
import { baseEventReports } from "./base-events.ts";

export function notificationReports(conversation: Conversation): Report[] {
  // What a client sends in their place is judged with its requests.
  if (conversation.target === "client") return [];
  return [...conversation.connections.values()].flatMap((view) => {
    const notifications = view.messages.filter(
      (message): message is SeenNotification =>
        message.from === conversation.target && message.netconf?.kind === "notification",
    );
    return [
      ...notifications.flatMap(formReports),
      ...notifications.flatMap(baseEventReports),
      ...stretchesOf(view).flatMap((part) => stateReports(conversation, part)),
    ];
  });
}

function formReports(message: SeenNotification): Report[] {
  const { root } = message.netconf;
  const got = shownMessage(message);
  const reports: Report[] = [];
  const report = (requirement: string, good: boolean, text: string, expected: string) =>
    reports.push(good ? held(requirement, message.at) : broken(requirement, text, message.at, { expected, got }));
  const parts = childrenOf(root);
  const times = parts.filter((part) => part.local === "eventTime" && part.ns === NS.notification);
  const timeFirst = times.length === 1 && parts[0] === times[0];
  report(
    "NTF-MSG-002",
    timeFirst,
    "eventTime is not exactly once, first, in the notification namespace",
    "eventTime first",
  );
  if (times[0])
    report(
      "NTF-MSG-003",
      readInstant(textOf(times[0])) !== undefined,
      `eventTime "${textOf(times[0])}" is no date-time of RFC 3339 and XML Schema`,
      "YYYY-MM-DDThh:mm:ss[.f](Z|+hh:mm)",
    );
  const contents = parts.filter((part) => part.local !== "eventTime");
  if (timeFirst)
    report("NTF-MSG-012", contents.length > 0, "A notification holds nothing beside eventTime", "an event");
  if (contents.length > 0) {
    const own = contents.every((part) => part.ns !== NS.notification && part.ns !== "");
    report(
      "NTF-MSG-005",
      contents.length === 1 && own,
      contents.length > 1 ? "More than one content element" : "The content is not in a namespace of its own",
      "one content element in the namespace of its data model",
    );
  }
  report(
    "NTF-MSG-006",
    attribute(root, "", "message-id") === undefined,
    "A notification carries a message-id",
    "no message-id",
  );
  return reports;
}

interface Subscription {
  readonly startTime: Instant | undefined;
  readonly stopTime: Instant | undefined;
  readonly hasStart: boolean;
  readonly hasStop: boolean;
  replayed: boolean;
  completed: boolean;
  lastReplayed: bigint | undefined;
}

interface State {
  /** Nothing from before is missing; else a subscription may have been made that nobody saw. */
  readonly isWhole: boolean;
  pending: Map<string, Subscription>;
  active: Subscription | undefined;
}

/** Follows each session through its subscriptions (RFC 5277 §2.1.1, §3.3) and judges every notification by the state it came in. */
function stateReports(conversation: Conversation, view: ConnectionView): Report[] {
  const state: State = { isWhole: view.fromStart, pending: new Map(), active: undefined };
  return view.messages.flatMap((message) => {
    const { netconf } = message;
    if (message.from !== conversation.target) {
      noteRequest(state, message);
      return [];
    }
    if (netconf?.kind === "rpc-reply") return noteReply(state, message, netconf);
    return netconf?.kind === "notification" ? notificationInState(state, message as SeenNotification) : [];
  });
}

function noteRequest(state: State, { netconf }: SeenMessage): void {
  if (
    netconf?.kind !== "rpc" ||
    netconf.operation?.local !== "create-subscription" ||
    netconf.operation.ns !== NS.notification
  )
    return;
  const start = child(netconf.operation, NS.notification, "startTime");
  const stop = child(netconf.operation, NS.notification, "stopTime");
  state.pending.set(netconf.messageId ?? "", {
    hasStart: start !== undefined,
    hasStop: stop !== undefined,
    startTime: start && readInstant(textOf(start)),
    stopTime: stop && readInstant(textOf(stop)),
    replayed: false,
    completed: false,
    lastReplayed: undefined,
  });
}

/** A reply without message-id, a breach of its own, answers the only request that waits for one. */
function noteReply(state: State, message: SeenMessage, { messageId, errors }: Reply): Report[] {
  const only = state.pending.size === 1 ? [...state.pending.keys()][0] : undefined;
  const id = messageId ?? only ?? "";
  const asked = state.pending.get(id);
  if (!asked) return [];
  state.pending.delete(id);
  if (errors.length > 0) return [];
  const isSecond = state.active !== undefined && !state.active.completed;
  state.active = asked;
  if (!isSecond) return [];
  return [
    broken("NTF-SUB-014", "create-subscription was accepted while a subscription is active", message.at, {
      expected: "rpc-error operation-failed",
      got: shownMessage(message),
    }),
  ];
}

function notificationInState(state: State, message: SeenNotification): Report[] {
  const got = shownMessage(message);
  const subscription = state.active;
  if (!subscription && !state.isWhole) return [];
  if (!subscription) {
    if (state.pending.size > 0)
      return [
        broken("NTF-SUB-002", "A notification came before the reply to create-subscription", message.at, {
          expected: "rpc-reply first",
          got,
        }),
      ];
    return [
      broken("NTF-SUB-016", "A notification came on a session that has no subscription", message.at, {
        expected: "no notification",
        got,
      }),
    ];
  }
  if (subscription.completed)
    return [
      broken("NTF-STOP-003", "A notification came after notificationComplete", message.at, {
        expected: "nothing more",
        got,
      }),
    ];
  if (isControl(message.netconf, "replayComplete")) return replayCompleteReports(subscription, message, got);
  if (isControl(message.netconf, "notificationComplete"))
    return notificationCompleteReports(subscription, message, got);
  return [
    held("NTF-SUB-016", message.at),
    held("NTF-SUB-002", message.at),
    ...windowReports(subscription, message, got),
  ];
}

function replayCompleteReports(subscription: Subscription, message: SeenNotification, got: string): Report[] {
  if (!subscription.hasStart)
    return [
      broken("NTF-RPL-004", "replayComplete came on a subscription without startTime", message.at, {
        expected: "no replayComplete",
        got,
      }),
    ];
  if (subscription.replayed)
    return [
      broken("NTF-RPL-004", "replayComplete came a second time", message.at, { expected: "one replayComplete", got }),
    ];
  subscription.replayed = true;
  return [held("NTF-RPL-004", message.at)];
}

function notificationCompleteReports(subscription: Subscription, message: SeenNotification, got: string): Report[] {
  subscription.completed = true;
  if (!subscription.hasStop)
    return [
      broken("NTF-STOP-006", "notificationComplete came on a subscription without stopTime", message.at, {
        expected: "no notificationComplete",
        got,
      }),
    ];
  if (!subscription.replayed)
    return [
      broken("NTF-STOP-001", "notificationComplete came before replayComplete", message.at, {
        expected: "replayComplete, then notificationComplete",
        got,
      }),
    ];
  return [held("NTF-STOP-001", message.at), held("NTF-STOP-006", message.at)];
}

function windowReports(subscription: Subscription, message: SeenNotification, got: string): Report[] {
  const time = readInstant(message.netconf.eventTime ?? "");
  if (!time) return [];
  const reports: Report[] = [];
  const { startTime, stopTime } = subscription;
  if (startTime) {
    const early = time.nanos < atResolutionOf(startTime, time);
    reports.push(
      early
        ? broken("NTF-RPL-001", "An event from before startTime came", message.at, {
            expected: "eventTime at or after startTime",
            got,
          })
        : held("NTF-RPL-001", message.at),
    );
  }
  if (stopTime) {
    const late = time.nanos > stopTime.nanos;
    reports.push(
      late
        ? broken("NTF-STOP-008", "An event from after stopTime came", message.at, {
            expected: "eventTime not after stopTime",
            got,
          })
        : held("NTF-STOP-008", message.at),
    );
  }
  if (subscription.hasStart && !subscription.replayed)
    reports.push(...replayOrderReports(subscription, message, time, got));
  return reports;
}

function replayOrderReports(
  subscription: Subscription,
  message: SeenNotification,
  time: Instant,
  got: string,
): Report[] {
  const before = subscription.lastReplayed;
  subscription.lastReplayed = time.nanos;
  if (before !== undefined && time.nanos < before)
    return [
      broken("NTF-RPL-009", "Replayed events go back in time", message.at, {
        expected: "eventTime never decreasing",
        got,
      }),
    ];
  return before === undefined ? [] : [held("NTF-RPL-009", message.at)];
}
