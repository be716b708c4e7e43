/** `await: { on, event | replayComplete | notificationComplete | reply | close | end, optional? }`. */
import type { Item } from "../../session/connection.ts";
import { argumentsOf, required, text } from "../arguments.ts";
import { connectionOf, type DriveContext, DriveStop } from "../context.ts";
import { instancesOf, isMarked } from "../marks.ts";
import { isReplyTo } from "./probe.ts";

const netmod = "urn:ietf:params:xml:ns:netmod:notification";

/**
 * Waits for what the drive needs in order to go on. Stops the drive when it does not come within the
 * deadline, unless `optional`. An event trigger that brings several events has come when the last kind the
 * control saw has come.
 */
export async function awaitStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, required(args, "on"));
  const { deadlines } = context.target.file.access;
  const { what, fits, deadline } = wanted(context, args, deadlines);
  const within = args["within"] === undefined ? deadline : Number(args["within"]);
  for (const one of fits) {
    const item = await connection.next(one, within);
    if (item) continue;
    context.recorder.add({
      type: "step",
      conn: connection.name,
      step: "gave-up",
      ...(args["label"] === undefined ? {} : { label: String(args["label"]) }),
      detail: { what },
    });
    if (args["optional"] === true) return;
    throw new DriveStop(`${what} did not come on "${connection.name}"`);
  }
}

function wanted(
  context: DriveContext,
  args: Readonly<Record<string, unknown>>,
  deadlines: { reply: number; close: number; event: number },
) {
  const mark = text(args, "event");
  if (mark !== undefined)
    return { what: `event "${mark}"`, fits: eventFits(context, mark, text(args, "name")), deadline: deadlines.event };
  const label = text(args, "reply");
  if (label !== undefined) {
    const messageId = context.messageIds.get(label) ?? "";
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
  if (args["end"])
    return { what: "the end of TCP", fits: [(item: Item) => item.type === "end"], deadline: deadlines.close };
  if (args["hello"])
    return {
      what: "hello",
      fits: [(item: Item) => item.type === "message" && item.netconf?.kind === "hello"],
      deadline: deadlines.reply,
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

function controlFits(local: string): (item: Item) => boolean {
  return (item) =>
    item.type === "message" &&
    item.netconf?.kind === "notification" &&
    item.netconf.content?.local === local &&
    item.netconf.content.ns === netmod;
}

/** One predicate for each occurrence of the trigger. */
function eventFits(context: DriveContext, mark: string, name: string | undefined): ((item: Item) => boolean)[] {
  const lastOfSession = context.facts.sessionEvents.at(-1);
  return instancesOf(context, mark).map((instance) => {
    const kind = name ?? (instance.sessionId === undefined ? undefined : lastOfSession);
    return (item: Item) =>
      item.type === "message" &&
      isMarked(item.netconf, instance) &&
      (kind === undefined || (item.netconf?.kind === "notification" && item.netconf.content?.local === kind));
  });
}
