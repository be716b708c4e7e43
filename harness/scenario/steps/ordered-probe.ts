/** The step `probe`, whichever end is under test. */
import type { Connection } from "../../session/connection.ts";
import { argumentsOf, text } from "../arguments.ts";
import { connectionOf, type DriveContext, fresh, stageOf } from "../context.ts";
import { instancesOf, reportsMark } from "../marks.ts";
import { sendProbe } from "./probe.ts";
import { notifyStep } from "./server-netconf.ts";
import { isClose, pingStep } from "./transport.ts";

/**
 * `probe: { on, label }`: an ordered probe. Of a server a cheap `<rpc>` that has to be answered if the connection still
 * works; of a client a notification that it reports, where it has a subscription and makes reports, else a ping. Waits for
 * the answer or for the connection to be closed. Proof of life, or of death.
 */
export async function probeStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"] ?? args["as"]);
  if (connection.ours === "server") {
    await probeClient(context, connection, text(args, "label") ?? fresh(context, "probe"));
    return;
  }
  await sendProbe(context, connection, text(args, "label") ?? fresh(context, "probe"));
}

async function probeClient(context: DriveContext, connection: Connection, label: string): Promise<void> {
  const { offers, reports } = stageOf(context);
  const { deadlines } = context.target.file.access;
  if (!context.subscribed.has(connection) || !offers.reports.includes("notification")) {
    if (context.dialect.kinds.has("ping")) await pingStep(context, { on: connection.name, label, text: label });
    return;
  }
  const over = connection.next(isClose, deadlines.event);
  await notifyStep(context, { on: connection.name, as: label });
  const [mark] = instancesOf(context, label).slice(-1);
  const reported = reports.next((report) => reportsMark(report, mark), deadlines.event);
  await Promise.race([over, reported]);
}
