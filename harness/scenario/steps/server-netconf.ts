/** Steps of NETCONF on the server's end: awaiting an rpc of the client, answer, notify. */
import { formatInstant, fromUnixMs, marker, notification, rpcError, rpcReply } from "../../netconf/index.ts";
import type { Connection } from "../../session/connection.ts";
import type { Item } from "../../session/item.ts";
import type { Cut } from "../../session/segments.ts";
import { type Arguments, argumentsOf, fill, required, text } from "../arguments.ts";
import { connectionOf, type DriveContext, DriveStop, fresh, type OpenRpc } from "../context.ts";
import { asksForReplay, endSession, type Rpc } from "../double.ts";
import { note } from "../marks.ts";
import { timeText } from "../time.ts";
import { padded, rpcBytes } from "./rpc-on-wire.ts";

type RpcItem = Extract<Item, { type: "message" }> & { readonly netconf: Rpc };

/**
 * The client's next rpc of that operation (`any`: of whichever) that the script has not taken yet, which gets the label;
 * undefined when none comes within that many milliseconds.
 */
export async function takeRpc(
  context: DriveContext,
  connection: Connection,
  operation: string,
  label: string,
  milliseconds: number,
): Promise<OpenRpc | undefined> {
  const fits = (item: Item): item is RpcItem =>
    item.type === "message" &&
    item.netconf?.kind === "rpc" &&
    (operation === "any" || item.netconf.operation?.local === operation) &&
    !context.taken.has(item);
  const item = await connection.next(fits, milliseconds);
  if (!item) return undefined;
  context.taken.add(item);
  const open = { connection, rpc: item.netconf };
  context.openRpcs.set(label, open);
  context.recorder.add({
    type: "step",
    conn: connection.name,
    step: "asked",
    label,
    detail: { operation: item.netconf.operation?.local, id: item.netconf.messageId },
  });
  return open;
}

/** @throws DriveStop when it does not come */
export async function awaitRpcFromClient(
  context: DriveContext,
  connection: Connection,
  operation: string,
  label: string,
): Promise<OpenRpc> {
  const open = await takeRpc(context, connection, operation, label, context.target.file.access.deadlines.reply);
  if (!open) throw new DriveStop(`no rpc ${operation} came from the client on "${connection.name}"`);
  return open;
}

/** The plain answer to a subscription: ok, and where it asked for a replay, its end. */
export function answerOk(context: DriveContext, label: string): void {
  const open = context.openRpcs.get(label) as OpenRpc;
  grant(context, open);
  void open.connection.sendMessage(rpcReply(open.rpc.root, "<ok/>"));
  if (open.rpc.operation && asksForReplay(open.rpc.operation))
    void open.connection.sendMessage(notification(nowText(context), marker("replayComplete")));
}

function grant(context: DriveContext, { connection, rpc }: OpenRpc): void {
  if (rpc.operation?.local === "create-subscription") context.subscribed.add(connection);
}

function nowText(context: DriveContext): string {
  return formatInstant(fromUnixMs(Math.round(context.clock())));
}

/**
 * `answer: { to, ok | error | data | xml, messageId?, label?, wire? }`: the reply to an rpc that was awaited under that
 * label. `ok: true` (default), `error`: an error-tag, `data`: content of the data element, `xml`: all that stands in the
 * reply. `messageId` in place of the rpc's own (`none`: left out). `wire` as for rpc. After close-session the
 * connection is closed as the binding has it, unless `end: false`.
 */
export async function answerStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const label = required(args, "to");
  const open = context.openRpcs.get(label);
  if (!open) throw new DriveStop(`there is no rpc "${label}" to be answered`);
  const { connection, rpc } = open;
  const id = text(args, "messageId");
  const reply = rpcReply(rpc.root, replyContent(context, args), id === "none" ? null : id);
  const own = text(args, "label");
  context.recorder.add({
    type: "step",
    conn: connection.name,
    step: "answer",
    ...(own === undefined ? {} : { label: own }),
    detail: { to: label },
  });
  if (args["error"] === undefined) grant(context, open);
  await connection.sendBytes(bytesOnWire(context, connection, reply, args), { cut: cutOf(args) });
  if (rpc.operation?.local === "close-session" && args["end"] !== false && args["error"] === undefined)
    endSession(connection);
}

function replyContent(context: DriveContext, args: Arguments): string {
  if (args["error"] !== undefined) return rpcError(String(args["error"]));
  if (args["data"] !== undefined) return `<data>${fill(context, String(args["data"]))}</data>`;
  return args["xml"] === undefined ? "<ok/>" : fill(context, String(args["xml"]));
}

/**
 * `notify: { on, as, times?, each?, eventTime?, content?, marker?, xml?, wire? }`: notifications that carry the mark `as`.
 * `content` is the event with `${token}` in it, `xml` the whole message with `${token}` and `${eventTime}`; `marker`:
 * replayComplete or notificationComplete, which carry none. `each`: a list of fields put for `${field}`, one notification
 * for each. `wire` as for rpc; `cut` as for send. `together: true`: all of them in one TCP segment.
 */
export async function notifyStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"]);
  const list = Array.isArray(args["each"]) ? (args["each"] as Readonly<Record<string, string>>[]) : undefined;
  const times = list?.length ?? Number(args["times"] ?? 1);
  const made: Uint8Array[] = [];
  for (let index = 0; index < times; index += 1) {
    const bytes = notificationBytes(context, connection, args, list?.[index] ?? {});
    if (args["together"] === true) made.push(bytes);
    else await connection.sendBytes(bytes, { cut: cutOf(args) });
  }
  if (made.length > 0) await connection.sendBytes(Buffer.concat(made));
}

const plainEvent = '<event xmlns="urn:ncwspec:events"><mark>${token}</mark></event>';

/** One notification, noted in the transcript, as it goes on the wire. */
function notificationBytes(
  context: DriveContext,
  connection: Connection,
  args: Arguments,
  fields: Readonly<Record<string, string>>,
): Uint8Array {
  const mark = text(args, "as") ?? "event";
  const local = args["marker"] as "replayComplete" | "notificationComplete" | undefined;
  // The full stop keeps one token from being the beginning of another.
  const token = `${fresh(context, mark)}.`;
  const eventTime = args["eventTime"] === undefined ? nowText(context) : timeText(context, String(args["eventTime"]));
  const put = (source: string) =>
    Object.entries({ ...fields, token, eventTime }).reduce(
      (done, [name, one]) => done.replaceAll(`\${${name}}`, () => one),
      fill(context, source),
    );
  const content = local ? marker(local) : put(text(args, "content") ?? plainEvent);
  const whole = text(args, "xml");
  const message = whole === undefined ? notification(put(eventTime), content) : put(whole);
  // First the bytes: of what cannot be put together nothing went out.
  const bytes = bytesOnWire(context, connection, message, args);
  if (local) context.recorder.add({ type: "step", conn: connection.name, step: "marker", label: mark });
  else note(context, mark, { mark, token }, fields, connection.name);
  return bytes;
}

function bytesOnWire(context: DriveContext, connection: Connection, message: string, args: Arguments): Uint8Array {
  const wire = (args["wire"] ?? {}) as Arguments;
  const whole = wire["pad"] === undefined ? message : padded(message, Number(wire["pad"]));
  return rpcBytes(context, connection, whole, wire);
}

function cutOf(args: Arguments): Cut | undefined {
  return (args["cut"] ?? (args["wire"] as Arguments | undefined)?.["cut"]) as Cut | undefined;
}
