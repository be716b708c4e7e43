/** Steps on NETCONF: session, hello, rpc, subscribe. */
import { createSubscription, hello, rpc } from "../../netconf/index.ts";
import type { Connection } from "../../session/connection.ts";
import type { Item } from "../../session/item.ts";
import type { Cut } from "../../session/segments.ts";
import { type Arguments, argumentsOf, fill, required, text } from "../arguments.ts";
import { connectionOf, type DriveContext, DriveStop, freshMessageId } from "../context.ts";
import { timeText } from "../time.ts";
import { awaitOutcome, cheapOperation, isReplyTo } from "./probe.ts";
import { padded, rpcBytes } from "./rpc-on-wire.ts";
import { labelOf, openStep } from "./transport.ts";

const ourCapabilities = ["urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"];

type HelloItem = Extract<Item, { type: "message" }>;
const isHello = (item: Item): item is HelloItem => item.type === "message" && item.netconf?.kind === "hello";

/**
 * `session: a`: an opening handshake and both hellos, neither waiting for the other (RFC 6241 §8.1).
 * `user` opens it as that user of the target file; `open` says what else is special about the opening.
 * `capabilities`, `hello` (the whole text) or `hello: none` change ours; `await: none` does not wait for
 * the server's. Stops the drive when a wanted hello does not come.
 */
export async function sessionStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const name = text(args, "as") ?? required(args, "on");
  const opening = {
    ...(args["open"] as Arguments | undefined),
    ...(args["user"] !== undefined && { user: args["user"] }),
  };
  if (!context.connections.has(name)) await openStep(context, { ...opening, on: name });
  const connection = connectionOf(context, name);
  if (args["hello"] !== "none") await sendHello(context, connection, args);
  if (args["await"] !== "none") await awaitHello(context, connection);
}

async function sendHello(context: DriveContext, connection: Connection, args: Arguments): Promise<void> {
  const capabilities = (args["capabilities"] as readonly string[] | undefined) ?? ourCapabilities;
  const message = text(args, "hello");
  context.recorder.add({ type: "step", conn: connection.name, step: "hello", ...labelOf(args) });
  const bytes = message === undefined ? hello(capabilities) : fill(context, message);
  await connection.sendMessage(bytes, { cut: args["cut"] as Cut | undefined });
}

async function awaitHello(context: DriveContext, connection: Connection): Promise<void> {
  const item = await connection.next(isHello, context.target.file.access.deadlines.reply);
  if (item?.netconf?.kind !== "hello") throw new DriveStop("no hello came from the server");
  const sessionId = item.netconf.sessionId?.trim();
  if (sessionId) context.sessionIds.set(connection.name, sessionId);
}

/**
 * `rpc: { on, op? | message?, value?, label?, id?, attributes?, await?, wire? }`: an operation (default: a get that
 * selects nothing). `message` is the whole text, `${id}` in it the message-id; `value` is put for `${value}`.
 * `await`: `reply` (default: the drive stops without one), `outcome` (a reply or a close; goes on either way) or
 * `none`. `wire` says how it is put on the wire: `pad` to a payload of exactly that many bytes, `cut` into TCP segments, `hold` (it
 * goes in one segment with the next rpc of the connection), and what `rpcBytes` takes.
 */
export async function rpcStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"] ?? args["as"]);
  const messageId = fill(context, text(args, "id") ?? freshMessageId(context, "m"));
  const label = text(args, "label") ?? messageId;
  context.messageIds.set(label, messageId);
  context.recorder.add({ type: "step", conn: connection.name, step: "rpc", label, detail: { messageId } });
  const wire = (args["wire"] ?? {}) as Arguments;
  const bytes = Buffer.concat([
    context.waiting.get(connection.name) ?? new Uint8Array(),
    rpcBytes(context, connection, messageText(context, args, messageId, wire), wire),
  ]);
  context.waiting.delete(connection.name);
  if (wire["hold"] === true) {
    context.waiting.set(connection.name, bytes);
    return;
  }
  const from = connection.inbox.length;
  await connection.sendBytes(bytes, { cut: wire["cut"] as Cut | undefined });
  await awaitRpc(context, connection, { messageId, label, from }, args["await"] ?? "reply");
}

async function awaitRpc(
  context: DriveContext,
  connection: Connection,
  { messageId, label, from }: { readonly messageId: string; readonly label: string; readonly from: number },
  wanted: unknown,
): Promise<void> {
  if (wanted === "none") return;
  if (wanted === "outcome") return awaitOutcome(context, connection, messageId);
  if (wanted === "any") {
    const isAny = (item: Item) =>
      (item.type === "message" && item.netconf?.kind === "rpc-reply") || item.type === "close" || item.type === "end";
    await connection.next(isAny, context.target.file.access.deadlines.reply, from);
    return;
  }
  const reply = await connection.next((item) => isReplyTo(item, messageId), context.target.file.access.deadlines.reply);
  if (!reply) throw new DriveStop(`no reply to "${label}" (message-id ${messageId})`);
}

function messageText(context: DriveContext, args: Arguments, messageId: string, wire: Arguments): string {
  const whole = text(args, "message");
  const value = text(args, "value") ?? "";
  const filled = (source: string) => fill(context, source).replaceAll("${value}", () => value);
  const made =
    whole === undefined
      ? rpc(messageId, filled(text(args, "op") ?? cheapOperation), fill(context, text(args, "attributes") ?? ""))
      : filled(whole).replaceAll("${id}", () => messageId);
  const pad = wire["pad"];
  return pad === undefined ? made : padded(made, Number(pad));
}

/**
 * `subscribe: { on, label?, stream?, filter?, xpath?, startTime?, stopTime?, await? }`: create-subscription
 * (RFC 5277 §2.1.1). `filter` is the inside of a subtree filter, `xpath` a select expression with its
 * `prefixes`. Times are expressions of `time.ts`.
 */
export async function subscribeStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"] ?? args["as"]);
  const messageId = freshMessageId(context, "s");
  const label = text(args, "label") ?? messageId;
  const startTime = text(args, "startTime");
  const stopTime = text(args, "stopTime");
  const parameters = {
    ...(args["stream"] === undefined ? {} : { stream: fill(context, String(args["stream"])) }),
    ...(args["filter"] === undefined && args["xpath"] === undefined ? {} : { filter: filterElement(context, args) }),
    ...(startTime === undefined ? {} : { startTime: timeText(context, startTime) }),
    ...(stopTime === undefined ? {} : { stopTime: timeText(context, stopTime) }),
  };
  context.messageIds.set(label, messageId);
  context.recorder.add({
    type: "step",
    conn: connection.name,
    step: "subscribe",
    label,
    detail: { messageId, ...parameters },
  });
  const from = connection.inbox.length;
  await connection.sendMessage(rpc(messageId, createSubscription(parameters)));
  await awaitRpc(context, connection, { messageId, label, from }, args["await"] ?? "reply");
}

function filterElement(context: DriveContext, args: Arguments): string {
  const attributes = text(args, "attributes") ?? "";
  if (args["xpath"] === undefined)
    return `<filter${attributes} type="subtree">${fill(context, String(args["filter"] ?? ""))}</filter>`;
  const prefixes = Object.entries((args["prefixes"] ?? {}) as Record<string, string>).map(
    ([prefix, ns]) => ` xmlns:${prefix}="${ns}"`,
  );
  const select = fill(context, String(args["xpath"]))
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;");
  return `<filter${attributes}${prefixes.join("")} type="xpath" select="${select}"/>`;
}
