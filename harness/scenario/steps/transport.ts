/** Steps on the WebSocket: connect, request, open, send, probe, close, and TCP itself. */
import { authorityOf, type Connection } from "../../session/connection.ts";
import type { Item } from "../../session/item.ts";
import type { Cut } from "../../session/segments.ts";
import { withAccess } from "../../target/access-text.ts";
import { dialects } from "../../wire/index.ts";
import type { DialectName, FrameSpec, RequestOptions } from "../../wire/types.ts";
import { type Arguments, argumentsOf, payloadOf, required, text } from "../arguments.ts";
import { connectionOf, type DriveContext, DriveStop } from "../context.ts";
import { dial, NoConnection } from "../dial.ts";

const isOutcome = (item: Item): boolean => item.type === "response" || item.type === "malformed" || item.type === "end";
const isHead = (item: Item): boolean => item.type === "head" || isOutcome(item);
export const isClose = (item: Item): boolean => item.type === "close" || item.type === "end";
const isEnd = (item: Item): boolean => item.type === "end";

/** `connect: a`: a connection and nothing more; `user`, `certificate` and `over` as `entranceOf` reads them, here and below. */
export async function connectStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  await dial(context, required(args, "as"), args);
}

/**
 * `request: { on, ...changes, cut?, hold?, tail?, await? }`: an opening request, legal but for the changes
 * named. `hold: key3` keeps back what follows the header block until `release`; `tail` (frames) goes in the
 * same segment. `await`: `outcome` (default), `head`, `none`, or `hello`: of a request that was upgraded, the server's
 * hello or the end. A refusal is no reason to stop; with `orNoConnection` neither is that no connection came about.
 */
export async function requestStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const name = text(args, "on") ?? required(args, "as");
  const connection = context.connections.get(name) ?? (await dialFor(context, name, args));
  if (connection === undefined) return;
  const { deadlines } = context.target.file.access;
  const tail = args["tail"] === undefined ? undefined : framesOf(context, connection.encode, args["tail"]);
  const built = await connection.sendRequest(requestOptions(context, name, args), {
    cut: cutOf(args),
    ...(args["hold"] === undefined ? {} : { hold: args["hold"] as number | "key3" }),
    ...(tail ? { tail } : {}),
  });
  context.recorder.add({
    type: "step",
    conn: name,
    step: "requested",
    ...labelOf(args),
    detail: { size: built.bytes.length, ...pingIn(context, args["tail"]) },
  });
  const wanted = args["await"] ?? "outcome";
  if (wanted === "none") return;
  const outcome = await connection.next(wanted === "head" ? isHead : isOutcome, deadlines.reply);
  if (wanted === "hello" && outcome?.type === "response" && outcome.response.status === 101)
    await connection.next((item) => item.type === "message" || isClose(item), deadlines.reply);
}

/** Undefined when there is none and the step goes on without. */
async function dialFor(context: DriveContext, name: string, args: Arguments): Promise<Connection | undefined> {
  try {
    return await dial(context, name, args);
  } catch (error) {
    if (error instanceof NoConnection && args["orNoConnection"] === true) return undefined;
    throw error;
  }
}

/** `release: { on }`: the bytes of the request that `hold` kept back. */
export async function releaseStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"] ?? args["as"]);
  context.recorder.add({ type: "step", conn: connection.name, step: "release", ...labelOf(args) });
  await connection.release({ cut: cutOf(args) });
  if (connection.ours === "client") await connection.next(isOutcome, context.target.file.access.deadlines.reply);
}

/** `open: a`: a whole legal opening handshake; stops the drive when it is refused. */
export async function openStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  await requestStep(context, { ...args, on: text(args, "on") ?? required(args, "as") });
  const connection = connectionOf(context, args["on"] ?? args["as"]);
  const answer = connection.inbox.find((item) => item.type === "response");
  if (!answer) throw new DriveStop(connection.tlsFailure ?? "the opening handshake got no whole response");
  if (answer.response.status !== 101)
    throw new DriveStop(`the opening handshake was answered ${answer.response.status}`);
}

function requestOptions(
  context: DriveContext,
  name: string,
  args: Arguments,
): Omit<RequestOptions, "random" | "host" | "secure"> & { host?: string } {
  const { file, path } = context.target;
  const options: Record<string, unknown> = { target: path };
  if (file.claims.subprotocol !== null) options["subprotocols"] = [file.claims.subprotocol];
  if (context.dialect.version === undefined) options["origin"] = "http://ncwspec.example";
  const headers = context.headers.get(name) ?? file.access.headers;
  options["headers"] = Object.entries(headers).map(([field, fieldValue]) => ({ name: field, value: fieldValue }));
  for (const key of requestFields) if (args[key] !== undefined) options[key] = filledIn(context, args[key]);
  if (typeof args["query"] === "string") options["target"] = `${path}${path.includes("?") ? "&" : "?"}${args["query"]}`;
  if (typeof args["key3"] === "string") options["key3"] = Buffer.from(args["key3"], "hex");
  return options as Omit<RequestOptions, "random" | "host" | "secure">;
}

const requestVariable =
  /\$\{(subprotocol|SUBPROTOCOL|path|authority|scheme|foreign-origin)\}|\$\{repeat:([^}]*):(\d+)\}/g;

/**
 * What only the target knows, in any text of a request: `${subprotocol}` (`${SUBPROTOCOL}` in capitals), `${path}`,
 * `${authority}` (host and port), `${scheme}` (http or https),
 * `${foreign-origin}` (the setting: an origin that it refuses); and `${repeat:text:times}`, for long ones.
 */
function filledIn(context: DriveContext, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => filledIn(context, item));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledIn(context, item)]));
  if (typeof value !== "string") return value;
  const { target } = context;
  const subprotocol = target.file.claims.subprotocol ?? "netconf";
  const known: Readonly<Record<string, string>> = {
    subprotocol,
    SUBPROTOCOL: subprotocol.toUpperCase(),
    path: target.path,
    authority: authorityOf(target),
    scheme: target.secure ? "https" : "http",
    "foreign-origin": String(target.file.claims.settings["foreign-origin"]),
  };
  return withAccess(value, target.file.access).replace(
    requestVariable,
    (_found, name: string | undefined, text: string, times: string) =>
      name === undefined ? text.repeat(Number(times)) : (known[name] as string),
  );
}

const requestFields = [
  "target",
  "host",
  "origin",
  "subprotocols",
  "method",
  "httpVersion",
  "set",
  "rawLines",
  "order",
  "nameCase",
  "key1",
  "key2",
  "key",
] as const;

function cutOf(args: Arguments): Cut | undefined {
  return args["cut"] as Cut | undefined;
}

export function labelOf(args: Arguments): { label?: string } {
  const label = text(args, "label");
  return label === undefined ? {} : { label };
}

/**
 * Frames of a fixture: `[{ kind, fin, rsv, opcode, mask, lengthForm, declaredLength, hex | text | size }]` joined;
 * `raw` is a frame in hex, `times` repeats one with one masking key.
 */
export function framesOf(context: DriveContext, encode: (frame: FrameSpec) => Uint8Array, value: unknown): Uint8Array {
  const list = Array.isArray(value) ? value : [value];
  return Buffer.concat(
    list.map((item: Arguments) => {
      const bytes =
        typeof item["raw"] === "string"
          ? Buffer.from(item["raw"].replace(/\s+/g, ""), "hex")
          : encode(frameOf(context, item));
      return item["times"] === undefined ? bytes : Buffer.alloc(bytes.length * Number(item["times"]), bytes);
    }),
  );
}

/** Encodes as our end does in that dialect, or in the connection's own. */
export function encoderOf(
  context: DriveContext,
  connection: Connection,
  as: unknown,
): (frame: FrameSpec) => Uint8Array {
  if (as === undefined) return connection.encode;
  return (frame) => dialects[as as DialectName].encode(frame, connection.ours, context.random);
}

export function frameOf(context: DriveContext, args: Arguments): FrameSpec {
  const spec: Record<string, unknown> = {};
  for (const key of ["kind", "opcode", "fin", "rsv", "lengthForm"]) if (args[key] !== undefined) spec[key] = args[key];
  if (args["mask"] === false) spec["mask"] = false;
  if (typeof args["mask"] === "string") spec["mask"] = new Uint8Array(Buffer.from(args["mask"], "hex"));
  if (args["declaredLength"] !== undefined) spec["declaredLength"] = BigInt(args["declaredLength"] as string | number);
  const payload = payloadOf(context, args);
  spec["payload"] =
    args["code"] === undefined ? payload : context.dialect.closePayload(Number(args["code"]), text(args, "reason"));
  return spec as FrameSpec;
}

/** Payload of the first ping among the frames of a fixture, for the check on its pong. */
function pingIn(context: DriveContext, frames: unknown): { payload?: string } {
  const ping = ((Array.isArray(frames) ? frames : []) as Arguments[]).find((frame) => frame["kind"] === "ping");
  return ping ? { payload: Buffer.from(payloadOf(context, ping)).toString("hex") } : {};
}

/**
 * `send: { on, frames | bytes, as?, cut?, label? }`: frames, legal or not, or bytes in hex, in one go; `as` another dialect's client.
 */
export async function sendStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"]);
  const bytes =
    args["bytes"] === undefined
      ? framesOf(context, encoderOf(context, connection, args["as"]), args["frames"])
      : Buffer.from(String(args["bytes"]).replace(/\s+/g, ""), "hex");
  context.recorder.add({
    type: "step",
    conn: connection.name,
    step: "send",
    ...labelOf(args),
    detail: pingIn(context, args["frames"]),
  });
  await connection.sendBytes(bytes, { cut: cutOf(args) });
}

/**
 * `ping: { on, label, hex | text | size, await? }`: a ping and, unless `await: none`, its pong. The drive
 * goes on without one.
 */
export async function pingStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"] ?? args["as"]);
  const payload = payloadOf(context, args);
  const from = connection.inbox.length;
  context.recorder.add({
    type: "step",
    conn: connection.name,
    step: "ping",
    ...labelOf(args),
    detail: { payload: Buffer.from(payload).toString("hex") },
  });
  await connection.sendBytes(connection.encode({ kind: "ping", payload }), { cut: cutOf(args) });
  if (args["await"] === "none") return;
  const answers = (item: Item) =>
    item.type === "end" || item.type === "close" || (item.type === "frame" && item.frame.kind === "pong");
  await connection.next(answers, context.target.file.access.deadlines.reply, from);
}

/**
 * `close: { on, code?, reason?, hex?, label?, await? }`: the closing handshake from our side; waits for the
 * answer and for the end of TCP (`await: answer` for the answer only, `none` for neither).
 */
export async function closeStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"] ?? args["as"]);
  const payload =
    args["hex"] === undefined
      ? context.dialect.closePayload(args["code"] as number | undefined, text(args, "reason"))
      : payloadOf(context, args);
  context.recorder.add({ type: "step", conn: connection.name, step: "close", ...labelOf(args) });
  await connection.sendBytes(connection.encode({ kind: "close", payload }), { cut: cutOf(args) });
  const { close } = context.target.file.access.deadlines;
  if (args["await"] === "none") return;
  await connection.next(isClose, close);
  if (args["await"] !== "answer") await connection.next(isEnd, close);
}

/** `tcp: { on, do: fin | reset | pause | resume }`. */
export async function tcpStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"]);
  context.recorder.add({
    type: "step",
    conn: connection.name,
    step: "tcp",
    ...labelOf(args),
    detail: { do: args["do"] },
  });
  if (args["do"] === "pause") connection.pause();
  else if (args["do"] === "resume") connection.resume();
  else connection.end(args["do"] === "reset" ? "reset" : "fin");
}

/** `auto: { on, pong?, close?, end?, reply? }`: what the connection answers by itself from now on. */
export async function autoStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"]);
  if (typeof args["pong"] === "boolean") connection.auto.pong = args["pong"];
  if (typeof args["close"] === "boolean") connection.auto.close = args["close"];
  if (typeof args["end"] === "boolean") connection.auto.end = args["end"];
  if (typeof args["reply"] === "boolean") connection.auto.reply = args["reply"];
}
