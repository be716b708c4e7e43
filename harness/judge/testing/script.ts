/**
 * A small script language for transcripts without sockets. A line gives entries as a live session and the steps
 * of a drive record them (`harness/session`, `harness/scenario/steps`), so that a check can be tried on any
 * conversation in microseconds:
 *
 *     transcriptOf("rfc6455", session("a"), rpc("a", "asked"), reply("a", "asked", "<ok/>"));
 */
import { type CreateSubscriptionOptions, createSubscription, hello, NS, rpc as rpcText } from "../../netconf/index.ts";
import { dialects } from "../../wire/index.ts";
import type {
  Dialect,
  DialectName,
  End,
  FrameSpec,
  Request,
  RequestOptions,
  ResponseOptions,
} from "../../wire/types.ts";
import type { Entry, Role, Transcript } from "../types.ts";

type Untimed<T> = T extends Entry ? Omit<T, "t"> : never;
type Given = Untimed<Entry>;

interface State {
  readonly dialect: Dialect;
  readonly random: (size: number) => Uint8Array;
  /** The request of each connection, and how much of it was held back. */
  readonly requests: Map<string, { readonly built: Request; readonly held: Uint8Array }>;
  /** message-id by label. */
  readonly messageIds: Map<string, string>;
  counter: number;
}

/** What happened, as a function of what happened before. Lists of lines are lines too. */
export type Line = ((state: State) => readonly Given[]) | readonly Line[];

/** Bytes that differ from draw to draw, and are the same in each script (Numerical Recipes' generator). */
function drawn(): (size: number) => Uint8Array {
  let state = 11;
  return (size) =>
    Uint8Array.from({ length: size }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}

/** A transcript of a server under test; one millisecond passes from entry to entry. */
export function transcriptOf(dialect: DialectName, ...lines: readonly Line[]): Transcript {
  const state: State = {
    dialect: dialects[dialect],
    random: drawn(),
    requests: new Map(),
    messageIds: new Map(),
    counter: 0,
  };
  const entries = given(lines, state).map((entry, t) => ({ ...entry, t }) as Entry);
  return { case: `script@${dialect}`, dialect, role: "server", entries };
}

/** The same conversation as one who only watches records it, without the steps of a drive; `role` is then judged. */
export function watched(role: Role, dialect: DialectName, ...lines: readonly Line[]): Transcript {
  const { entries, ...transcript } = transcriptOf(dialect, ...lines);
  return { ...transcript, role, entries: entries.filter(({ type }) => type !== "step") };
}

function given(line: Line, state: State): Given[] {
  return typeof line === "function" ? [...line(state)] : line.flatMap((one) => given(one, state));
}

// ---- TCP and steps ----

export const tcp =
  (conn: string, from: End, event: "open" | "fin" | "reset" | "refused" | "lost"): Line =>
  () => [{ type: "tcp", conn, from, event }];

export const connect = (conn: string): Line => tcp(conn, "client", "open");

/** A step that only has a name, a label and details. */
export const step =
  (name: string, conn?: string, label?: string, detail: Readonly<Record<string, unknown>> = {}): Line =>
  () => [
    {
      type: "step",
      ...(conn === undefined ? {} : { conn }),
      step: name,
      ...(label === undefined ? {} : { label }),
      detail,
    },
  ];

/** An occurrence of a trigger, recognised by the token or by the session-id in its events. */
export const trigger = (mark: string, of: { readonly token?: string; readonly sessionId?: string }): Line =>
  step("trigger", undefined, mark, { mark, ...of, fields: {} });

// ---- bytes ----

export const bytes =
  (conn: string, from: End, data: Uint8Array | string): Line =>
  () => [{ type: "bytes", conn, from, data: Buffer.from(data as string, "latin1") }];

export const frame =
  (conn: string, from: End, spec: FrameSpec): Line =>
  ({ dialect, random }) => [{ type: "bytes", conn, from, data: dialect.encode(spec, from, random) }];

/** A text message in one frame. */
export const message = (conn: string, from: End, text: string): Line =>
  frame(conn, from, { kind: "text", payload: Buffer.from(text, "utf8") });

/** A close frame; `step` labels ours, as the step `close` does. */
export const close =
  (conn: string, from: End, code?: number, reason?: string, label?: string): Line =>
  (state) =>
    given(
      [
        from === "client" ? step("close", conn, label) : [],
        frame(conn, from, { kind: "close", payload: state.dialect.closePayload(code, reason) }),
      ],
      state,
    );

/** Bytes of the lines in one TCP segment: of neighbours on one connection and from one end one entry is made. */
export const joined =
  (...lines: readonly Line[]): Line =>
  (state) => {
    const list: Given[] = [];
    for (const entry of given(lines, state)) {
      const last = list.at(-1);
      const isMore =
        entry.type === "bytes" && last?.type === "bytes" && last.conn === entry.conn && last.from === entry.from;
      if (isMore) list.splice(-1, 1, { ...last, data: Buffer.concat([last.data, entry.data]) });
      else list.push(entry);
    }
    return list;
  };

/** Bytes of the lines in pieces of that many bytes, each an entry of its own. */
export const cut =
  (size: number, ...lines: readonly Line[]): Line =>
  (state) =>
    given(lines, state).flatMap((entry): Given[] => {
      if (entry.type !== "bytes") return [entry];
      const count = Math.ceil(entry.data.length / size);
      return Array.from({ length: count }, (_, index) => ({
        ...entry,
        data: entry.data.subarray(index * size, (index + 1) * size),
      }));
    });

// ---- the opening handshake ----

export interface RequestLine extends Partial<Omit<RequestOptions, "random">> {
  readonly label?: string;
  /** That many bytes go out now, the others with {@link release}; `key3`: all but what follows the head. */
  readonly hold?: number | "key3";
}

/** The opening request of a connection. */
export const request =
  (conn: string, { label, hold, ...options }: RequestLine = {}): Line =>
  (state) => {
    const built = state.dialect.openingRequest({
      host: "server.example",
      target: "/netconf",
      subprotocols: ["netconf"],
      ...(state.dialect.version === undefined ? { origin: "http://ncwspec.example" } : {}),
      ...options,
      random: state.random,
    });
    const size = hold === "key3" ? built.headLength : (hold ?? built.bytes.length);
    state.requests.set(conn, { built, held: built.bytes.subarray(size) });
    return given(
      [
        step("request", conn, undefined, { request: { ...built, bytes: undefined }, size: built.bytes.length }),
        bytes(conn, "client", built.bytes.subarray(0, size)),
        step("requested", conn, label, { size: built.bytes.length }),
      ],
      state,
    );
  };

/** What the request held back. */
export const release =
  (conn: string, label?: string): Line =>
  (state) =>
    given([step("release", conn, label), bytes(conn, "client", requestOf(state, conn).held)], state);

/** The answer that the dialect prescribes, with the departures asked for. */
export const accept =
  (conn: string, options: ResponseOptions = {}): Line =>
  (state) => [
    { type: "bytes", conn, from: "server", data: state.dialect.openingResponse(requestOf(state, conn).built, options) },
  ];

function requestOf(state: State, conn: string): { built: Request; held: Uint8Array } {
  const found = state.requests.get(conn);
  if (!found) throw new Error(`script: there is no request on "${conn}"`);
  return found;
}

/** A connection whose opening handshake is done. */
export const open = (conn: string, options: RequestLine = {}): Line => [
  connect(conn),
  request(conn, options),
  accept(conn),
];

// ---- NETCONF ----

export const ourCapabilities = ["urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"];
export const serverCapabilities = [
  ...ourCapabilities,
  "urn:ietf:params:netconf:capability:notification:1.0",
  "urn:ietf:params:netconf:capability:interleave:1.0",
];

/** An open connection on which both hellos went. */
export const session = (conn: string, sessionId: number | string = 7): Line => [
  open(conn),
  step("hello", conn),
  message(conn, "client", hello(ourCapabilities)),
  message(conn, "server", hello(serverCapabilities, sessionId)),
];

export interface RpcLine {
  readonly id?: string;
  readonly op?: string;
  readonly attributes?: string;
  /** The whole text instead of a well-formed rpc; empty: the step alone, nothing is sent. */
  readonly message?: string;
}

/** The step and the message of an rpc. */
export const rpc =
  (conn: string, label: string, { id, op, attributes, message: whole }: RpcLine = {}): Line =>
  (state) => {
    const messageId = id ?? nextId(state, "m");
    state.messageIds.set(label, messageId);
    const text = whole ?? rpcText(messageId, op ?? "<get><filter/></get>", attributes);
    return given([step("rpc", conn, label, { messageId }), text === "" ? [] : message(conn, "client", text)], state);
  };

export const subscribe =
  (conn: string, label: string, parameters: CreateSubscriptionOptions = {}): Line =>
  (state) => {
    const messageId = nextId(state, "s");
    state.messageIds.set(label, messageId);
    return given(
      [
        step("subscribe", conn, label, { messageId, ...parameters }),
        message(conn, "client", rpcText(messageId, createSubscription(parameters))),
      ],
      state,
    );
  };

function nextId(state: State, kind: string): string {
  state.counter += 1;
  return `${kind}0-${state.counter}`;
}

/** A reply to the rpc with that label. `id`: another message-id, `null` for none. */
export const reply =
  (
    conn: string,
    label: string,
    body = "<ok/>",
    { id, attributes = "" }: { id?: string | null; attributes?: string } = {},
  ): Line =>
  (state) =>
    given(
      message(conn, "server", replyText(id === undefined ? (state.messageIds.get(label) ?? "") : id, body, attributes)),
      state,
    );

/** The text of a reply; message-id `null`: without one. */
export function replyText(messageId: string | null, body: string, attributes = ""): string {
  const id = messageId === null ? "" : ` message-id="${messageId}"`;
  return `<rpc-reply xmlns="${NS.base}"${id}${attributes === "" ? "" : ` ${attributes}`}>${body}</rpc-reply>`;
}

/** An rpc-error for {@link reply}; `info` is put into error-info. */
export function errorBody(tag = "operation-failed", { type = "application", info = "" } = {}): string {
  const parts = `<error-type>${type}</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>`;
  return `<rpc-error>${parts}${info === "" ? "" : `<error-info>${info}</error-info>`}</rpc-error>`;
}

/** The content of an event that carries a token. */
export const event = (token: string, more = ""): string =>
  `<event xmlns="urn:ncwspec:event"><token>${token}</token>${more}</event>`;

export function notificationText(content: string, eventTime = "2026-01-01T00:00:00Z"): string {
  return `<notification xmlns="${NS.notification}"><eventTime>${eventTime}</eventTime>${content}</notification>`;
}

export const notification = (conn: string, content: string, eventTime?: string): Line =>
  message(conn, "server", notificationText(content, eventTime));

/** `replayComplete` or `notificationComplete`. */
export const control = (conn: string, local: string, eventTime?: string): Line =>
  notification(conn, `<${local} xmlns="${NS.netmod}"/>`, eventTime);

/** A session with a subscription that was accepted. */
export const subscribed = (conn: string, parameters: CreateSubscriptionOptions = {}): Line => [
  session(conn),
  subscribe(conn, `${conn}-subscription`, parameters),
  reply(conn, `${conn}-subscription`),
];
