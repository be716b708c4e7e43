/** What the steps of a drive share: the live connections, sessions, marks and facts about the target. */
import { formatInstant, fromUnixMs, type readInstant } from "../netconf/index.ts";
import { type Connection, connect } from "../session/connection.ts";
import type { Recorder } from "../session/recorder.ts";
import type { RunningTarget } from "../target/types.ts";
import type { Dialect } from "../wire/types.ts";
import type { Case } from "./types.ts";

/** What the controls found out about a target under one dialect. */
export interface Facts {
  /** Trimmed capability URIs of its hello. */
  readonly capabilities: readonly string[];
  readonly streams: readonly { readonly name: string; readonly replay: boolean }[];
  /** Milliseconds that the server's clock is ahead of ours, from the eventTime of an event just caused. */
  readonly clockOffsetMs: number;
  /** Local names of the events that opening and closing a session brings, in order. */
  readonly sessionEvents: readonly string[];
}

/** One occurrence of a trigger, told from others by a token or by a session-id. */
export interface MarkInstance {
  readonly mark: string;
  readonly token?: string;
  readonly sessionId?: string;
}

export interface Session {
  readonly connection: Connection;
  sessionId: string | undefined;
}

export interface DriveContext {
  readonly case: Case;
  readonly dialect: Dialect;
  readonly target: RunningTarget;
  readonly facts: Facts;
  readonly recorder: Recorder;
  readonly random: (size: number) => Uint8Array;
  /** Distinguishes the events of this case from those of others. */
  readonly serial: string;
  readonly connections: Map<string, Connection>;
  readonly sessionIds: Map<string, string>;
  readonly marks: Map<string, MarkInstance[]>;
  /** message-id of the rpc with this label. */
  readonly messageIds: Map<string, string>;
  /** Bytes that go out with the next rpc of the connection with this name. */
  readonly waiting: Map<string, Uint8Array>;
  /** Milliseconds since 1970 on the local clock. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  counter: number;
}

/** The drive cannot go on: what it needed did not come within its deadline. */
export class DriveStop extends Error {}

export function connectionOf(context: DriveContext, name: unknown): Connection {
  const connection = context.connections.get(String(name));
  if (!connection) throw new DriveStop(`there is no connection "${String(name)}"`);
  return connection;
}

/**
 * Opens a TCP connection under the name given; stops the drive when there is none.
 * @throws Error when the name is taken: one name in a transcript is one connection
 */
export async function dial(context: DriveContext, name: string): Promise<Connection> {
  if (context.connections.has(name)) throw new Error(`the connection "${name}" is there already`);
  const { target, recorder, random, dialect } = context;
  const { limits } = target.file.claims;
  const connection = await connect({
    name,
    host: target.host,
    port: target.port,
    secure: target.secure,
    ...(target.file.access.tls ? { tls: target.file.access.tls } : {}),
    dialect,
    recorder,
    random,
    messageKind: target.file.claims.encapsulation.opcode === "binary" ? "binary" : "text",
    connectDeadline: target.file.access.deadlines.connect,
    sendDeadline: target.file.access.deadlines.reply,
    maxPayload: limits.message * 4,
    maxInbound: limits.message * 8,
  });
  if (!connection) throw new DriveStop("no TCP connection");
  if (context.signal.aborted) {
    connection.destroy();
    throw new DriveStop("interrupted");
  }
  context.connections.set(name, connection);
  return connection;
}

/** A message-id, and a name for things of this case, that no other case uses. */
export function fresh(context: DriveContext, what: string): string {
  context.counter += 1;
  return `${what}${context.serial}-${context.counter}`;
}

/** The server's time now, by the clock its events showed. */
export function serverNow(context: DriveContext): NonNullable<ReturnType<typeof readInstant>> {
  return fromUnixMs(Math.round(context.clock() + context.facts.clockOffsetMs));
}

export function formatNow(context: DriveContext): string {
  return formatInstant(serverNow(context));
}

/**
 * A message-id that this case has not used yet. Other cases may use it too: it means something on its own
 * session only, and messages that are the same in many cases are read once (`netconf/read.ts`).
 */
export function freshMessageId(context: DriveContext, what: string): string {
  context.counter += 1;
  return `${what}${context.counter}`;
}
