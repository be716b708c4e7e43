/**
 * `await: { on, event | named | selected | replayComplete | notificationComplete | reply | response | hello | pong | close | end, optional? }`;
 * of a client also `rpc` (with `as`), `message`, `outcome`, `report` (with `of` or `with`) and `exit`.
 */
import { isEvent } from "../../netconf/event-mark.ts";
import { canonical, type EventSelection, readXml, selectsEvent, xpathSelectsEvent } from "../../netconf/index.ts";
import { NS, type XmlElement } from "../../netconf/types.ts";
import type { Connection } from "../../session/connection.ts";
import type { Item } from "../../session/item.ts";
import type { Report } from "../../target/client.ts";
import { type Arguments, argumentsOf, fill, required, text } from "../arguments.ts";
import { connectionOf, type DriveContext, DriveStop, stageOf } from "../context.ts";
import { instancesOf, isMarked, reportsMark } from "../marks.ts";
import { isReplyTo } from "./probe.ts";
import { takeRpc } from "./server-netconf.ts";

/**
 * `named: name`, `text?`: an event of that local name with that text in a leaf, where no mark tells it from others.
 * Waits for what the drive needs in order to go on. Stops the drive when it does not come within the
 * deadline, unless `optional`. An event trigger that brings several events has come when the last kind the
 * control saw has come.
 */
export async function awaitStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const { deadlines } = context.target.file.access;
  if (args["report"] !== undefined || args["exit"] === true) return awaitClient(context, args);
  const connection = connectionOf(context, required(args, "on"));
  if (args["rpc"] !== undefined) return awaitRpc(context, connection, args);
  if (args["selected"] !== undefined) return awaitSelected(context, connection, args["selected"] as Arguments);
  const { what, fits, deadline } = wanted(context, args, deadlines);
  const within = withinOf(context, args, deadline);
  for (const one of fits) {
    const item = await connection.next(one, within);
    if (item) continue;
    giveUp(context, args, `${what} did not come on "${connection.name}"`, what, connection);
    return;
  }
}

/** Notes that something did not come. @throws DriveStop unless it was optional */
function giveUp(context: DriveContext, args: Arguments, message: string, what: string, connection?: Connection): void {
  context.recorder.add({
    type: "step",
    ...(connection === undefined ? {} : { conn: connection.name }),
    step: "gave-up",
    ...(args["label"] === undefined ? {} : { label: String(args["label"]) }),
    detail: { what },
  });
  if (args["optional"] !== true) throw new DriveStop(message);
}

/** `rpc: <operation>`, `as`: an rpc of the client, which the script answers. */
async function awaitRpc(context: DriveContext, connection: Connection, args: Arguments): Promise<void> {
  const operation = String(args["rpc"]);
  const { reply } = context.target.file.access.deadlines;
  const label = text(args, "as") ?? text(args, "label") ?? operation;
  if (await takeRpc(context, connection, operation, label, withinOf(context, args, reply))) return;
  giveUp(context, args, `no rpc ${operation} came on "${connection.name}"`, `rpc ${operation}`, connection);
}

/**
 * `report: <kind>`, `of?`, `with?`: a report of the client, on every notification of that mark, or with these values
 * among its members; `exit`: its end.
 */
async function awaitClient(context: DriveContext, args: Arguments): Promise<void> {
  const { event, close } = context.target.file.access.deadlines;
  const stage = stageOf(context);
  if (args["exit"] === true) {
    if ((await stage.exit(withinOf(context, args, close))) === undefined)
      giveUp(context, args, "the client did not end", "the end of the client");
    return;
  }
  const kind = String(args["report"]);
  const mark = text(args, "of");
  const members = Object.entries(argumentsOf(args["with"] ?? {}));
  const fits =
    mark === undefined
      ? [(report: Report) => report["report"] === kind && members.every(([name, value]) => report[name] === value)]
      : instancesOf(context, mark).map((instance) => (report: Report) => reportsMark(report, instance));
  // They mostly come in order: each is looked for behind the one before it first.
  let behind = 0;
  for (const one of fits) {
    const { items } = stage.reports;
    const there = items.findIndex((report, at) => at >= behind && one(report));
    behind = there < 0 ? behind : there + 1;
    if (there >= 0 || (await stage.reports.next(one, withinOf(context, args, event)))) continue;
    giveUp(context, args, `the client did not report ${mark ?? kind}`, `report ${mark ?? kind}`);
    return;
  }
}

function withinOf(context: DriveContext, args: Arguments, deadline: number): number {
  return args["within"] === undefined ? deadline : Number(fill(context, String(args["within"])));
}

function wanted(
  context: DriveContext,
  args: Readonly<Record<string, unknown>>,
  deadlines: { reply: number; close: number; event: number },
) {
  const mark = text(args, "event");
  if (mark !== undefined)
    return { what: `event "${mark}"`, fits: eventFits(context, mark, text(args, "name")), deadline: deadlines.event };
  const name = text(args, "named");
  if (name !== undefined) return { ...named(name, text(args, "text")), deadline: deadlines.event };
  const label = text(args, "reply");
  if (label !== undefined) {
    const messageId = context.messageIds.get(label);
    if (messageId === undefined) throw new DriveStop(`there is no rpc "${label}" to be answered`);
    return {
      what: `the reply to "${label}"`,
      fits: [(item: Item) => isReplyTo(item, messageId)],
      deadline: deadlines.reply,
    };
  }
  if (args["replayComplete"])
    return { what: "replayComplete", fits: [controlFits("replayComplete")], deadline: deadlines.event };
  if (args["notificationComplete"])
    return { what: "notificationComplete", fits: [controlFits("notificationComplete")], deadline: deadlines.event };
  if (args["response"]) return { what: "a response", fits: [isOutcome], deadline: deadlines.reply };
  if (args["end"])
    return { what: "the end of TCP", fits: [(item: Item) => item.type === "end"], deadline: deadlines.close };
  if (args["hello"])
    return {
      what: "hello",
      fits: [(item: Item) => item.type === "message" && item.netconf?.kind === "hello"],
      deadline: deadlines.reply,
    };
  if (args["message"])
    return { what: "a message", fits: [(item: Item) => item.type === "message"], deadline: deadlines.reply };
  if (args["outcome"])
    return {
      what: "a message, a close or the end of TCP",
      fits: [(item: Item) => item.type === "message" || item.type === "close" || item.type === "end"],
      deadline: deadlines.close,
    };
  if (args["pong"])
    return {
      what: "a pong",
      fits: [(item: Item) => item.type === "frame" && item.frame.kind === "pong"],
      deadline: deadlines.reply,
    };
  return {
    what: "a close",
    fits: [(item: Item) => item.type === "close" || item.type === "end"],
    deadline: deadlines.close,
  };
}

function named(name: string, leaf: string | undefined) {
  const fits = (item: Item) =>
    item.type === "message" &&
    item.netconf?.kind === "notification" &&
    item.netconf.content !== undefined &&
    isEvent(item.netconf.content, name, leaf);
  return { what: `event ${name}${leaf === undefined ? "" : ` with ${leaf}`}`, fits: [fits] };
}

const isOutcome = (item: Item): boolean => item.type === "response" || item.type === "malformed" || item.type === "end";

function controlFits(local: string): (item: Item) => boolean {
  return (item) =>
    item.type === "message" &&
    item.netconf?.kind === "notification" &&
    item.netconf.content?.local === local &&
    item.netconf.content.ns === NS.netmod;
}

/** One predicate for each occurrence of the trigger. */
function eventFits(context: DriveContext, mark: string, name: string | undefined): ((item: Item) => boolean)[] {
  const lastOfSession = context.facts.sessionEvents.at(-1);
  const instances = instancesOf(context, mark);
  if (instances.length === 0) throw new DriveStop(`event "${mark}" was not caused`);
  return instances.map((instance) => {
    const kind = name ?? (instance.sessionId === undefined ? undefined : lastOfSession);
    return (item: Item) =>
      item.type === "message" &&
      isMarked(item.netconf, instance) &&
      (kind === undefined || (item.netconf?.kind === "notification" && item.netconf.content?.local === kind));
  });
}

/**
 * `selected: { of, against, filter | xpath, prefixes? }`: waits until every event of those marks that
 * `against` got and the filter selects is there; the drive goes on without them at the deadline.
 */
async function awaitSelected(context: DriveContext, connection: Connection, selected: Arguments): Promise<void> {
  const marks = (Array.isArray(selected["of"]) ? selected["of"] : [selected["of"]]).map(String);
  const instances = marks.flatMap((mark) => instancesOf(context, mark));
  const reference = connectionOf(context, selected["against"]);
  const wanted = reference.inbox.flatMap((item) =>
    item.type === "message" &&
    item.netconf?.kind === "notification" &&
    item.netconf.content &&
    instances.some((instance) => isMarked(item.netconf, instance)) &&
    filterOf(context, selected)(item.netconf.content) === true
      ? [canonical(item.netconf.content)]
      : [],
  );
  for (const content of wanted) {
    const isThere = (item: Item) =>
      item.type === "message" &&
      item.netconf?.kind === "notification" &&
      item.netconf.content !== undefined &&
      canonical(item.netconf.content) === content;
    if (!(await connection.next(isThere, context.target.file.access.deadlines.event))) return;
  }
}

function filterOf(context: DriveContext, selected: Arguments): (content: XmlElement) => EventSelection {
  const prefixes = (selected["prefixes"] ?? {}) as Record<string, string>;
  const xpath = text(selected, "xpath");
  if (xpath !== undefined) return (content) => xpathSelectsEvent(fill(context, xpath), prefixes, content);
  const reading = readXml(
    `<filter xmlns="${NS.notification}">${fill(context, text(selected, "filter") ?? "")}</filter>`,
  );
  if (!reading.ok) throw new DriveStop(`the filter is no XML: ${reading.error.message}`);
  return (content) => selectsEvent(reading.root, content, { wildcard: true });
}
