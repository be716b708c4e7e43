/**
 * `trigger: { as, times?, emit?, guarded? }`: makes the target emit events that carry a mark (design §2, "Arbitrary targets");
 * `guarded`: of the trigger for events whose definition carries nacm:default-deny-all.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { closeSession, rpc } from "../../netconf/index.ts";
import type { Trigger } from "../../target/types.ts";
import { type Arguments, argumentsOf, fill, required } from "../arguments.ts";
import { connectionOf, type DriveContext, DriveStop, fresh, freshMessageId } from "../context.ts";
import { note } from "../marks.ts";
import { sessionStep } from "./netconf.ts";
import { awaitOutcome } from "./probe.ts";

export async function triggerStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const mark = required(args, "as");
  const { event, guarded } = context.target.file.access.triggers;
  const trigger = (args["guarded"] === true ? guarded : event) ?? { session: true as const };
  const fields = (args["emit"] ?? {}) as Readonly<Record<string, string>>;
  const list = Array.isArray(args["each"]) ? (args["each"] as Readonly<Record<string, string>>[]) : undefined;
  const times = list?.length ?? Number(args["times"] ?? 1);
  for (let index = 0; index < times; index += 1) {
    await pull(context, trigger, mark, { ...fields, ...list?.[index] }, args);
  }
}

/** `session-mark: { as, of }`: the events about the session of connection `of` are those of mark `as` from now on. */
export async function sessionMarkStep(context: DriveContext, value: unknown): Promise<void> {
  const args = argumentsOf(value);
  const mark = required(args, "as");
  const sessionId = context.sessionIds.get(required(args, "of"));
  if (sessionId === undefined) throw new DriveStop(`"${required(args, "of")}" has no session-id`);
  note(context, mark, { mark, sessionId }, {});
}

async function pull(
  context: DriveContext,
  trigger: Trigger,
  mark: string,
  fields: Readonly<Record<string, string>>,
  args: Arguments,
): Promise<void> {
  if ("session" in trigger) return bySession(context, mark);
  // The full stop keeps one token from being the beginning of another.
  const token = `${fresh(context, mark)}.`;
  const filled = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, fill(context, String(text))]));
  note(context, mark, { mark, token }, filled);
  if ("emit" in trigger) {
    if (!context.target.control) throw new DriveStop("the target has no control channel for emit");
    await context.target.control({ emit: { token, ...(trigger.emit === true ? {} : trigger.emit), ...filled } });
  } else if ("rpc" in trigger) await byRpc(context, trigger.rpc.replaceAll("${token}", token));
  else if ("command" in trigger) await byCommand(context, trigger.command, token);
  else await byHttp(context, trigger.http, token, args);
}

/** Opening and closing a session is an event where RFC 6470 is implemented. */
async function bySession(context: DriveContext, mark: string): Promise<void> {
  const name = fresh(context, `~${mark}.`);
  await sessionStep(context, { as: name });
  const sessionId = context.sessionIds.get(name);
  if (sessionId === undefined) throw new DriveStop("the triggering session got no session-id");
  note(context, mark, { mark, sessionId }, {});
  await closeQuietly(context, name);
}

async function closeQuietly(context: DriveContext, name: string): Promise<void> {
  const connection = connectionOf(context, name);
  const messageId = freshMessageId(context, "c");
  await connection.sendMessage(rpc(messageId, closeSession()));
  await awaitOutcome(context, connection, messageId);
  await connection.next(
    (item) => item.type === "close" || item.type === "end",
    context.target.file.access.deadlines.close,
  );
}

async function byRpc(context: DriveContext, operation: string): Promise<void> {
  const name = "~trigger";
  if (!context.connections.has(name)) await sessionStep(context, { as: name });
  const connection = connectionOf(context, name);
  const messageId = freshMessageId(context, "t");
  await connection.sendMessage(rpc(messageId, operation));
  await awaitOutcome(context, connection, messageId);
}

async function byCommand(context: DriveContext, command: string, token: string): Promise<void> {
  const { deadlines } = context.target.file.access;
  try {
    await promisify(execFile)("/bin/sh", ["-c", command], {
      cwd: context.target.file.folder,
      env: { ...process.env, NCWS_TOKEN: token },
      timeout: deadlines.event,
      signal: context.signal,
    });
  } catch (error) {
    throw new DriveStop(`the trigger command failed: ${(error as Error).message.split("\n")[0]}`);
  }
}

async function byHttp(
  context: DriveContext,
  http: Extract<Trigger, { http: unknown }>["http"],
  token: string,
  args: Arguments,
): Promise<void> {
  const put = (text: string) => text.replaceAll("${token}", encodeURIComponent(token));
  try {
    const body = http.body?.replaceAll("${token}", token);
    const answer = await fetch(put(http.url), {
      method: http.method ?? "POST",
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(context.target.file.access.deadlines.event)]),
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
  } catch (error) {
    throw new DriveStop(`the HTTP trigger for "${String(args["as"])}" failed: ${(error as Error).message}`);
  }
}
