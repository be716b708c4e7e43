/**
 * One live connection to the implementation under test, of which the suite plays either end: a plain
 * socket, a transcript, and an inbox of what was decoded so far. It judges nothing. Waiting always has a
 * deadline, and ends early when nothing more can come.
 */
import net from "node:net";
import { tlsFailure } from "../tls/failure.ts";
import type { Dialect, End, Frame, FrameSpec, Request } from "../wire/types.ts";
import { type Handshake, handshakeOf } from "./handshake.ts";
import { type Inbox, openInbox } from "./inbox.ts";
import type { Item } from "./item.ts";
import type { Arrival } from "./listener.ts";
import { type DialOptions, openSocket } from "./open-socket.ts";
import { openOutlet, type SendOptions } from "./outlet.ts";
import { openReader } from "./reader.ts";
import type { Recorder } from "./recorder.ts";

/** What a connection needs whichever end the suite plays. */
export interface EndOptions {
  readonly name: string;
  readonly dialect: Dialect;
  readonly recorder: Recorder;
  readonly random: (size: number) => Uint8Array;
  /** Kind of frame that carries a NETCONF message. */
  readonly messageKind: "text" | "binary";
  /** Milliseconds for the peer to take what is sent; after them the session goes on, whatever it has taken. */
  readonly sendDeadline: number;
  /** Largest message read; beyond it the connection is given up. Bytes. */
  readonly maxPayload: number;
  /** All bytes that may come in before the connection is cut: what a hostile peer can cost. */
  readonly maxInbound: number;
  /** Told of each item as it comes, before anybody who waits for it. */
  readonly onItem?: (item: Item) => void;
}

export type ConnectionOptions = EndOptions & DialOptions;

export interface Connection extends Handshake {
  readonly name: string;
  readonly dialect: Dialect;
  /** The end that the suite plays. */
  readonly ours: End;
  readonly inbox: readonly Item[];
  readonly request: Request | undefined;
  readonly ended: boolean;
  /** Why we cut the connection ourselves, when more came in than may. */
  readonly givenUp: string | undefined;
  /** Why the target ended TLS, where it said so. */
  readonly tlsFailure: string | undefined;
  /**
   * What a polite peer does by itself: answer pings and close frames, and end its direction of TCP when the target has
   * ended its own, or, as a server, when both close frames were exchanged (RFC 6455 §7.1.1). Without `end` it can still
   * send then, and what the target resets is in the transcript. `reply` is for who plays a server by it.
   */
  auto: { pong: boolean; close: boolean; end: boolean; reply: boolean };
  /** One NETCONF message as one message of the opcode that the target's encapsulation names. */
  sendMessage(text: string, options?: SendOptions): Promise<void>;
  sendBytes(bytes: Uint8Array, options?: SendOptions): Promise<void>;
  encode(frame: FrameSpec): Uint8Array;
  readonly next: Inbox<Item>["next"];
  pause(): void;
  resume(): void;
  /** Ends our direction (FIN), or cuts the connection (RST). */
  end(how: "fin" | "reset"): void;
  destroy(): void;
}

/** Frames and messages of one connection that are read at all; a log of so many events is replayed in other parts. */
const maximumItems = 12_000;

/**
 * Connects. Resolves to the reason when there is no connection within the deadline; the transcript has it too.
 */
export async function connect(options: ConnectionOptions): Promise<Connection | { readonly failure: string }> {
  const { name, recorder } = options;
  const opened = await openSocket(options);
  if ("failure" in opened) {
    recorder.add({ type: "tcp", conn: name, from: "client", event: "refused" });
    recorder.add({ type: "step", conn: name, step: "no-connection", detail: { reason: opened.failure } });
    return opened;
  }
  recorder.add({ type: "tcp", conn: name, from: "client", event: "open" });
  return attend(opened.raw, opened.socket, "client", options, authorityOf(options));
}

/** Attends to a connection that came to us, as its server. */
export function accept({ socket, bytes }: Arrival, options: EndOptions): Connection {
  socket.setNoDelay(true);
  options.recorder.add({ type: "tcp", conn: options.name, from: "client", event: "open" });
  const connection = attend(socket, socket, "server", options, "");
  if (bytes.length > 0) socket.emit("data", Buffer.from(bytes));
  socket.resume(); // paused where somebody read its beginning
  return connection;
}

const otherEnd: Record<End, End> = { client: "server", server: "client" };

/**
 * @param raw the socket of TCP itself, which alone can be reset
 * @param socket what is read and written
 * @param authority host and port that the request names
 */
function attend(raw: net.Socket, socket: net.Socket, ours: End, options: EndOptions, authority: string): Connection {
  const { name, dialect, recorder, random } = options;
  const theirs = otherEnd[ours];
  const inbox = openInbox<Item>();
  const auto = { pong: true, close: true, end: true, reply: true };
  const send = openOutlet(socket, { name, from: ours, recorder, deadline: options.sendDeadline });
  let ended = false;
  let failure: string | undefined;
  let closeSent = false;

  const encode = (frame: FrameSpec): Uint8Array => {
    if (frame.kind === "close") closeSent = true;
    return dialect.encode(frame, ours, random);
  };
  const end = (how: "fin" | "reset"): void => {
    recorder.add({ type: "tcp", conn: name, from: ours, event: how });
    if (how === "fin") {
      socket.end();
      return;
    }
    ended = true;
    inbox.end();
    reset(raw);
  };
  const pong = ({ kind, payload }: Frame): void => {
    if (kind === "ping" && auto.pong && !closeSent) void send(encode({ kind: "pong", payload }));
  };
  const answerClose = (code: number | undefined): void => {
    if (auto.close && !closeSent) void send(encode({ kind: "close", payload: dialect.closePayload(code) }));
  };
  const post = (item: Item): void => {
    if (item.type === "close") answerClose(item.code);
    options.onItem?.(item);
    inbox.post(item);
    if (item.type === "frame") pong(item.frame);
    if (item.type === "close" && ours === "server" && auto.end && closeSent) end("fin");
  };
  const finish = (how: "fin" | "reset", from: End = theirs): void => {
    if (ended) return;
    ended = true;
    recorder.add({ type: "tcp", conn: name, from, event: how });
    post({ type: "end", how });
    inbox.end();
  };

  const reader = openReader({ dialect, ours, maxPayload: options.maxPayload }, post);
  const limit = inboundLimit(options.maxInbound, inbox.items);
  socket.on("error", (error: NodeJS.ErrnoException) => {
    const reason = ended ? undefined : tlsFailure(error);
    if (reason !== undefined) {
      failure = reason;
      recorder.add({ type: "step", conn: name, step: "tls-failed", detail: { reason } });
    }
    if (ended && !auto.end) recorder.add({ type: "tcp", conn: name, from: theirs, event: "reset" });
    finish("reset");
  });
  socket.on("end", () => {
    finish("fin");
    if (auto.end) socket.end();
  });
  socket.on("close", () => finish("reset"));
  socket.on("data", (data: Buffer) => {
    if (ended) return;
    recorder.add({ type: "bytes", conn: name, from: theirs, data });
    const reason = limit.exceededBy(data);
    if (reason === undefined) {
      reader.push(data);
      return;
    }
    recorder.add({ type: "step", conn: name, step: "given-up", detail: { reason } });
    socket.destroy();
    finish("reset", ours);
  });

  return {
    name,
    dialect,
    ours,
    inbox: inbox.items,
    auto,
    get givenUp() {
      return limit.exceeded;
    },
    get tlsFailure() {
      return failure;
    },
    get request() {
      return reader.request;
    },
    get ended() {
      return ended;
    },
    ...handshakeOf({ name, dialect, recorder, random, authority, secure: socket !== raw, send, reader }),
    sendMessage: (text, sendOptions) =>
      send(encode({ kind: options.messageKind, payload: Buffer.from(text, "utf8") }), sendOptions),
    sendBytes: send,
    encode,
    next: inbox.next,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end,
    destroy() {
      ended = true;
      inbox.end();
      socket.destroy();
    },
  };
}

/** What a hostile peer may cost: bytes, and frames and messages that are read at all. */
function inboundLimit(maximum: number, items: readonly Item[]) {
  let bytes = 0;
  let exceeded: string | undefined;
  return {
    get exceeded() {
      return exceeded;
    },
    /** Why the connection is to be given up with this segment; undefined: it is not. */
    exceededBy({ length }: Uint8Array): string | undefined {
      bytes += length;
      if (items.length > maximumItems) exceeded = `more than ${maximumItems} frames and messages came in`;
      else if (bytes > maximum) exceeded = `more than ${maximum} bytes came in`;
      return exceeded;
    },
  };
}

/** A FIN that is on its way goes first: no reset can be sent until then, and the socket would be left open. */
function reset(socket: net.Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.once("finish", () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}

/** Host and port as they stand in a URL: the port only where it is not the scheme's own (RFC 3986 §3.2). */
export function authorityOf({
  host,
  port,
  secure,
}: {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}): string {
  return `${net.isIPv6(host) ? `[${host}]` : host}${port === (secure ? 443 : 80) ? "" : `:${port}`}`;
}
