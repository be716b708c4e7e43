/** What the steps of a drive share: the live connections, sessions, marks and facts about the target. */
import { formatInstant, fromUnixMs, type readInstant } from "../netconf/index.ts";
import { accept, type Connection, type EndOptions } from "../session/connection.ts";
import type { Item } from "../session/item.ts";
import type { Recorder } from "../session/recorder.ts";
import type { RunningTarget } from "../target/types.ts";
import type { Identity } from "../tls/issue.ts";
import type { Dialect } from "../wire/types.ts";
import { answerPlainly, type Rpc } from "./double.ts";
import type { Stage } from "./stage.ts";
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

/** An rpc of the client under test that the script answers. */
export interface OpenRpc {
  readonly connection: Connection;
  readonly rpc: Rpc;
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
  /** Fields of the opening request by connection: who it is. */
  readonly headers: Map<string, Readonly<Record<string, string>>>;
  /** Certificates that the case has made. */
  readonly certificates: Map<string, Identity>;
  readonly sessionIds: Map<string, string>;
  readonly marks: Map<string, MarkInstance[]>;
  /** message-id of the rpc with this label. */
  readonly messageIds: Map<string, string>;
  /** Bytes that go out with the next rpc of the connection with this name. */
  readonly waiting: Map<string, Uint8Array>;
  /** Milliseconds since 1970 on the local clock. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Of the role client. */
  readonly stage: Stage | undefined;
  /** Rpcs that the script waited for, by the name it gave them. */
  readonly openRpcs: Map<string, OpenRpc>;
  /** Items that a step of the script has taken: what is awaited next comes behind them. */
  readonly taken: Set<Item>;
  /** Connections on which the client has a subscription. */
  readonly subscribed: Set<Connection>;
  counter: number;
}

/** The drive cannot go on: what it needed did not come within its deadline. */
export class DriveStop extends Error {}

export function connectionOf(context: DriveContext, name: unknown): Connection {
  const connection = context.connections.get(String(name));
  if (!connection) throw new DriveStop(`there is no connection "${String(name)}"`);
  return connection;
}

/** What any connection of a drive has. */
export function endOptions({ target, recorder, random, dialect }: DriveContext, name: string): EndOptions {
  const { limits, encapsulation } = target.file.claims;
  return {
    name,
    dialect,
    recorder,
    random,
    messageKind: encapsulation.opcode === "binary" ? "binary" : "text",
    sendDeadline: target.file.access.deadlines.reply,
    maxPayload: limits.message * 4,
    maxInbound: limits.message * 8,
  };
}

/** Puts a connection among those of the drive. */
export function enlist(context: DriveContext, connection: Connection): Connection {
  if (context.signal.aborted) {
    connection.destroy();
    throw new DriveStop("interrupted");
  }
  context.connections.set(connection.name, connection);
  return connection;
}

/** @throws Error in a drive of the role server: the fixture's fault */
export function stageOf(context: DriveContext): Stage {
  if (!context.stage) throw new Error("this step is for scenarios that judge a client");
  return context.stage;
}

/**
 * The next connection of the client under test, which gets the name given; undefined when it did not come.
 * Rpcs that the script does not wait for are answered as a conforming server does, as long as `auto.reply` is on.
 * @throws Error when the name is taken
 * @throws DriveStop when the client did not come, unless `optional`
 */
export async function receive(context: DriveContext, name: string, optional = false): Promise<Connection | undefined> {
  if (context.connections.has(name)) throw new Error(`the connection "${name}" is there already`);
  const arrived = await stageOf(context).arrival(context.target.file.access.deadlines.connect);
  if ("missing" in arrived) {
    if (optional) return undefined;
    throw new DriveStop(arrived.missing);
  }
  const scripted = scriptedOperations(context, name);
  const options: EndOptions = {
    ...endOptions(context, name),
    onItem(item) {
      if (item.type !== "message" || item.netconf?.kind !== "rpc" || !connection.auto.reply) return;
      const { operation } = item.netconf;
      if (scripted.has("any") || scripted.has(operation?.local ?? "")) return;
      if (operation?.local === "create-subscription") context.subscribed.add(connection);
      answerPlainly(connection, item.netconf, context.clock());
    },
  };
  const connection = accept(arrived.arrival, options);
  return enlist(context, connection);
}

/** Operations that the script itself waits for on that connection: what it waits for, it answers. */
function scriptedOperations({ case: { drive } }: DriveContext, name: string): ReadonlySet<string> {
  return new Set(
    drive.flatMap((step) => {
      const [kind = "", args] = Object.entries(step)[0] ?? [];
      const { on, as, rpc, upto } = (args ?? {}) as Readonly<Record<string, unknown>>;
      if (kind === "await" && on === name && typeof rpc === "string") return [rpc];
      return kind === "serve" && as === name && upto === "subscribed" ? ["create-subscription"] : [];
    }),
  );
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
