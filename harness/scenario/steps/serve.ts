/** Steps of the server's end: task, accept, respond, serve, hello. */
import { hello } from "../../netconf/index.ts";
import type { Connection } from "../../session/connection.ts";
import type { RespondOptions } from "../../session/handshake.ts";
import type { Item } from "../../session/item.ts";
import type { Cut } from "../../session/segments.ts";
import type { Task } from "../../target/client.ts";
import type { Request } from "../../wire/types.ts";
import { type Arguments, argumentsOf, fill, required, text } from "../arguments.ts";
import { connectionOf, type DriveContext, DriveStop, receive, stageOf } from "../context.ts";
import { doubleCapabilities } from "../double.ts";
import { timeText } from "../time.ts";
import { answerOk, awaitRpcFromClient } from "./server-netconf.ts";
import { framesOf, labelOf } from "./transport.ts";

/** `task: { stream?, filter?, startTime?, stopTime? }`: what the client is asked beside the plain task; begins it. */
export async function taskStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const more: Partial<Record<keyof Task, string>> = {};
  for (const key of ["stream", "filter"] as const)
    if (args[key] !== undefined) more[key] = fill(context, String(args[key]));
  for (const key of ["startTime", "stopTime"] as const)
    if (args[key] !== undefined) more[key] = timeText(context, String(args[key]));
  await stageOf(context).begin(more as Partial<Task>);
}

const isRequest = (item: Item): item is Extract<Item, { type: "request" }> => item.type === "request";
const isOpening = (item: Item): boolean => isRequest(item) || item.type === "malformed" || item.type === "end";

/**
 * `accept: { as, await?, optional? }`: the client's next TCP connection and its whole opening request (`await: none`: not
 * waited for). Stops the drive when none comes, or when it asks for another dialect than the case's.
 */
export async function acceptStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const name = required(args, "as");
  const connection = await receive(context, name, args["optional"] === true);
  if (!connection) {
    context.recorder.add({ type: "step", step: "gave-up", ...labelOf(args), detail: { what: `connection "${name}"` } });
    return;
  }
  if (args["await"] !== "none") await awaitRequest(context, connection);
}

async function awaitRequest(context: DriveContext, connection: Connection): Promise<Request> {
  await connection.next(isOpening, context.target.file.access.deadlines.reply);
  const { request } = connection;
  if (!request) throw new DriveStop("the client sent no whole opening request");
  if (request.dialect !== undefined && request.dialect !== context.dialect.name)
    throw new DriveStop(`the client asks for ${request.dialect}, not for ${context.dialect.name}`);
  return request;
}

/**
 * `respond: { on, label?, ...changes, raw?, cut?, hold?, tail? }`: the answer to the opening request, right but for the
 * changes named. `raw` is a whole answer as text, `hold` keeps back all but so many bytes until `release` (negative: all
 * but the last), `tail` (frames) goes in the same segment.
 */
export async function respondStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const connection = connectionOf(context, args["on"]);
  const request = await awaitRequest(context, connection);
  const options = responseOptions(context, request, args);
  const { raw, ...said } = options;
  context.recorder.add({
    type: "step",
    conn: connection.name,
    step: "respond",
    ...labelOf(args),
    detail: { ...said, tail: undefined },
  });
  await connection.respond({
    ...options,
    ...(args["tail"] === undefined ? {} : { tail: framesOf(context, connection.encode, args["tail"]) }),
  });
}

const responseFields = ["status", "reason", "subprotocol", "set", "rawLines", "hold", "cut"] as const;

function responseOptions(context: DriveContext, request: Request, args: Arguments): RespondOptions {
  const put = (one: unknown) => filledIn(context, request, one);
  const options: Record<string, unknown> = {};
  for (const key of responseFields) if (args[key] !== undefined) options[key] = put(args[key]);
  if (args["proof"] !== undefined) options["proof"] = proofOf(request, String(put(args["proof"])));
  if (args["raw"] !== undefined) options["raw"] = Buffer.from(String(put(args["raw"])), "latin1");
  return options as RespondOptions;
}

/** Wrong proofs by name; any other text is taken as it stands. */
const wrongProofs: Readonly<Record<string, (right: string) => string>> = {
  /** As long as the right one, and never equal to it. */
  flipped: (right) => `${right.startsWith("A") ? "B" : "A"}${right.slice(1)}`,
  short: (right) => right.slice(0, -1),
  "lower-case": (right) => right.toLowerCase(),
  none: () => "",
};

function proofOf(request: Request, asked: string): string {
  const right = request.expectedProof ?? "";
  return Object.hasOwn(wrongProofs, asked) ? (wrongProofs[asked] as (right: string) => string)(right) : asked;
}

const responseVariable = /\$\{(proof|subprotocol|SUBPROTOCOL|origin|host|target)\}|\$\{repeat:([^}]*):(\d+)\}/g;

/**
 * What only the request tells, in any text of an answer: `${proof}` (the right Accept value, or the 16 bytes of hybi-00),
 * `${subprotocol}` (the first offered; `${SUBPROTOCOL}` in capitals), `${origin}`, `${host}`, `${target}`; and
 * `${repeat:text:times}`.
 */
function filledIn(context: DriveContext, request: Request, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => filledIn(context, request, item));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledIn(context, request, item)]));
  if (typeof value !== "string") return value;
  const subprotocol = request.subprotocols[0] ?? "";
  const known: Readonly<Record<string, string>> = {
    proof: request.expectedProof ?? "",
    subprotocol,
    SUBPROTOCOL: subprotocol.toUpperCase(),
    origin: (request.origin ?? "").toLowerCase(),
    host: request.host ?? "",
    target: request.target,
  };
  return value.replace(responseVariable, (_found, name: string | undefined, text: string, times: string) =>
    name === undefined ? text.repeat(Number(times)) : (known[name] as string),
  );
}

/**
 * `serve: { as, upto, label?, respond?, ...hello }`: the conforming short form. `upto`: `upgraded` (the opening handshake),
 * `hello` (both hellos), `subscribed` (create-subscription was asked for and granted; `label` names its rpc). `respond` has the
 * changes of that step.
 */
export async function serveStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const name = required(args, "as");
  await acceptStep(context, { as: name });
  const connection = connectionOf(context, name);
  await respondStep(context, { ...(args["respond"] as Arguments | undefined), on: name });
  if (args["upto"] === "upgraded") return;
  // The label is that of the subscription.
  await sendHello(context, connection, { ...args, label: undefined });
  const isHello = (item: Item) => item.type === "message" && item.netconf?.kind === "hello";
  const item = await connection.next(isHello, context.target.file.access.deadlines.reply);
  if (!item) throw new DriveStop("no hello came from the client");
  context.taken.add(item);
  if (args["upto"] === "hello") return;
  const label = text(args, "label") ?? `${name}.subscription`;
  await awaitRpcFromClient(context, connection, "create-subscription", label);
  answerOk(context, label);
}

/** `hello: { on, capabilities?, sessionId?, xml?, cut?, label? }`: our hello; `sessionId: none` leaves it out, `xml` is the whole text. */
export async function helloStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  await sendHello(context, connectionOf(context, args["on"] ?? args["as"]), args);
}

async function sendHello(context: DriveContext, connection: Connection, args: Arguments): Promise<void> {
  context.counter += 1;
  const sessionId = text(args, "sessionId") ?? String(context.counter);
  const capabilities = (args["capabilities"] as readonly string[] | undefined) ?? doubleCapabilities;
  const whole = text(args, "xml");
  const id = sessionId === "none" ? undefined : sessionId;
  if (id !== undefined) context.sessionIds.set(connection.name, id);
  context.recorder.add({ type: "step", conn: connection.name, step: "hello", ...labelOf(args) });
  const message = whole === undefined ? hello(capabilities, id) : fill(context, whole);
  await connection.sendMessage(message, { cut: args["cut"] as Cut | undefined });
}
