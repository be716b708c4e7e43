/**
 * One live connection to the implementation under test: a plain socket, a transcript, and an inbox of
 * what was decoded so far. It judges nothing. Waiting always has a deadline, and ends early when
 * nothing more can come.
 */
import net from "node:net";
import tls from "node:tls";
import { readPayload } from "../netconf/index.ts";
import type { NetconfMessage } from "../netconf/types.ts";
import type { Decoder, Dialect, End, Frame, FrameSpec, Request, RequestOptions, Response } from "../wire/types.ts";
import { startDeadline } from "./deadline.ts";
import type { Recorder } from "./recorder.ts";
import { type Cut, segmentsOf } from "./segments.ts";

export type Item =
  | { readonly type: "head"; readonly response: Response }
  | { readonly type: "response"; readonly response: Response }
  | { readonly type: "malformed" }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "message"; readonly text: string; readonly netconf: NetconfMessage | undefined }
  | { readonly type: "close"; readonly code: number | undefined }
  | { readonly type: "end"; readonly how: "fin" | "reset" };

export interface ConnectionOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly dialect: Dialect;
  readonly recorder: Recorder;
  readonly random: (size: number) => Uint8Array;
  /** Kind of frame that carries a NETCONF message. */
  readonly messageKind: "text" | "binary";
  /** Milliseconds for the TCP (and TLS) connection. */
  readonly connectDeadline: number;
  /** Milliseconds for the peer to take what is sent; after them the session goes on, whatever it has taken. */
  readonly sendDeadline: number;
  /** Largest message read; beyond it the connection is given up. Bytes. */
  readonly maxPayload: number;
  /** All bytes that may come in before the connection is cut: what a hostile peer can cost. */
  readonly maxInbound: number;
}

export interface SendOptions {
  readonly cut?: Cut | undefined;
}

export interface Connection {
  readonly name: string;
  readonly dialect: Dialect;
  readonly inbox: readonly Item[];
  readonly request: Request | undefined;
  readonly ended: boolean;
  /** Why we cut the connection ourselves, when more came in than may. */
  readonly givenUp: string | undefined;
  /**
   * What a polite peer does by itself: answer pings and close frames, and end its direction of TCP when the target has
   * ended its own. Without `end` it can still send then, and what the target resets is in the transcript.
   */
  auto: { pong: boolean; close: boolean; end: boolean };
  /** `hold`: send only that many bytes now, or, as "key3", only the header block; `release` sends the rest. */
  sendRequest(
    options: Omit<RequestOptions, "random" | "host" | "secure"> & { readonly host?: string },
    send?: SendOptions & { hold?: number | "key3"; tail?: Uint8Array },
  ): Promise<Request>;
  release(send?: SendOptions): Promise<void>;
  /** One NETCONF message as one message of the opcode that the target's encapsulation names. */
  sendMessage(text: string, options?: SendOptions): Promise<void>;
  sendBytes(bytes: Uint8Array, options?: SendOptions): Promise<void>;
  encode(frame: FrameSpec): Uint8Array;
  /** The first item from `from` on that fits, once it is there; undefined at the deadline or when nothing more can come. */
  next<T extends Item>(fits: (item: Item) => item is T, milliseconds: number, from?: number): Promise<T | undefined>;
  next(fits: (item: Item) => boolean, milliseconds: number, from?: number): Promise<Item | undefined>;
  pause(): void;
  resume(): void;
  /** Ends our direction (FIN), or cuts the connection (RST). */
  end(how: "fin" | "reset"): void;
  destroy(): void;
}

/** Frames and messages of one connection that are read at all; a log of so many events is replayed in other parts. */
const maximumItems = 12_000;

/** Pause between two segments that shall not be read as one; there is no event that tells when a peer has read. */
const segmentGapMs = 1;

/**
 * Connects. Resolves to undefined when there is no connection within the deadline; the transcript says why.
 */
export async function connect(options: ConnectionOptions): Promise<Connection | undefined> {
  const socket = options.secure
    ? tls.connect({
        host: options.host,
        port: options.port,
        servername: net.isIP(options.host) ? "" : options.host,
        ...options.tls,
      })
    : net.connect({ host: options.host, port: options.port, allowHalfOpen: true });
  socket.setNoDelay(true);
  const failure = await connected(socket, options.secure ? "secureConnect" : "connect", options.connectDeadline);
  if (failure !== undefined) {
    socket.destroy();
    options.recorder.add({ type: "tcp", conn: options.name, from: "client", event: "refused" });
    options.recorder.add({ type: "step", conn: options.name, step: "no-connection", detail: { reason: failure } });
    return undefined;
  }
  options.recorder.add({ type: "tcp", conn: options.name, from: "client", event: "open" });
  return attend(socket, options);
}

function connected(socket: net.Socket, event: string, deadline: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = startDeadline(deadline, () => resolve(`no connection within ${deadline} ms`));
    const settle = (outcome: string | undefined) => {
      cancel();
      resolve(outcome);
    };
    socket.once(event, () => settle(undefined));
    socket.on("error", (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
}

interface Waiter {
  readonly fits: (item: Item) => boolean;
  readonly settle: (item: Item | undefined) => void;
}

function attend(socket: net.Socket, options: ConnectionOptions): Connection {
  const { name, dialect, recorder, random } = options;
  const inbox: Item[] = [];
  const waiters = new Set<Waiter>();
  const auto = { pong: true, close: true, end: true };
  let request: Request | undefined;
  let head = Buffer.alloc(0);
  let headSeen = false;
  let decoder: Decoder | undefined;
  /** The handshake came to an end that no frames follow. */
  let refused = false;
  let inbound = 0;
  let ended = false;
  let givenUp: string | undefined;
  /** While something goes out in several segments. */
  let cutting: Promise<void> | undefined;
  let closeSent = false;
  let held: Uint8Array = new Uint8Array();

  const post = (item: Item) => {
    inbox.push(item);
    for (const waiter of [...waiters]) if (waiter.fits(item)) waiter.settle(item);
  };
  const finish = (how: "fin" | "reset", from: End = "server") => {
    if (ended) return;
    ended = true;
    recorder.add({ type: "tcp", conn: name, from, event: how });
    post({ type: "end", how });
    for (const waiter of [...waiters]) waiter.settle(undefined);
  };

  socket.on("error", () => {
    if (ended && !auto.end) recorder.add({ type: "tcp", conn: name, from: "server", event: "reset" });
    finish("reset");
  });
  socket.on("end", () => {
    finish("fin");
    if (auto.end) socket.end();
  });
  socket.on("close", () => finish("reset"));
  socket.on("data", (data: Buffer) => {
    if (ended) return;
    inbound += data.length;
    recorder.add({ type: "bytes", conn: name, from: "server", data });
    if (inbound > options.maxInbound || inbox.length > maximumItems) {
      givenUp =
        inbox.length > maximumItems
          ? `more than ${maximumItems} frames and messages came in`
          : `more than ${options.maxInbound} bytes came in`;
      recorder.add({ type: "step", conn: name, step: "given-up", detail: { reason: givenUp } });
      socket.destroy();
      finish("reset", "client");
      return;
    }
    if (decoder) attendFrames(data);
    else if (!refused) attendHandshake(data);
  });

  function attendHandshake(data: Buffer): void {
    head = Buffer.concat([head, data]);
    if (!request) return;
    const reading = dialect.readResponse(head, request);
    if (reading.state === "incomplete") {
      if (reading.head && !headSeen) {
        headSeen = true;
        post({ type: "head", response: reading.head });
      }
      return;
    }
    const rest = head.subarray(reading.state === "complete" ? reading.consumed : 0);
    head = Buffer.alloc(0);
    if (reading.state === "malformed") {
      refused = true;
      post({ type: "malformed" });
      return;
    }
    if (!headSeen) post({ type: "head", response: reading.value });
    if (reading.value.status === 101) decoder = dialect.decoder("server", { maxPayload: options.maxPayload });
    else refused = true;
    post({ type: "response", response: reading.value });
    if (decoder && rest.length > 0) attendFrames(rest);
  }

  function attendFrames(data: Uint8Array): void {
    for (const event of (decoder as Decoder).push(data)) {
      if (event.type === "frame") {
        post({ type: "frame", frame: event.frame });
        if (event.frame.kind === "ping" && auto.pong && !closeSent)
          void send(encode({ kind: "pong", payload: event.frame.payload }));
      } else if (event.type === "message") {
        const { text, netconf } = readPayload(event.data);
        post({ type: "message", text, netconf });
      } else if (event.type === "close") {
        if (auto.close && !closeSent) void send(encode({ kind: "close", payload: dialect.closePayload(event.code) }));
        post({ type: "close", code: event.code });
      }
    }
  }

  function encode(frame: FrameSpec): Uint8Array {
    if (frame.kind === "close") closeSent = true;
    return dialect.encode(frame, "client" satisfies End, random);
  }

  /** What goes out in several segments is let through first: no automatic answer gets between them. */
  function send(bytes: Uint8Array, sendOptions: SendOptions = {}): Promise<void> {
    if (cutting !== undefined) return cutting.then(() => send(bytes, sendOptions));
    const segments = segmentsOf(bytes, sendOptions.cut);
    const sent = sendSegments(segments);
    if (segments.length === 1) return sent;
    cutting = sent.then(() => {
      cutting = undefined;
    });
    return cutting;
  }

  async function sendSegments(segments: readonly Uint8Array[]): Promise<void> {
    for (const [index, segment] of segments.entries()) {
      if (socket.destroyed || socket.writableEnded) return;
      recorder.add({ type: "bytes", conn: name, from: "client", data: segment });
      await taken(segment);
      if (index < segments.length - 1) await gap(segments.length);
    }
  }

  /** Until the segment has left us, or the peer has not taken it within the deadline. */
  function taken(segment: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const cancel = startDeadline(options.sendDeadline, resolve);
      socket.write(segment, () => {
        cancel();
        resolve();
      });
    });
  }

  return {
    name,
    dialect,
    inbox,
    auto,
    get givenUp() {
      return givenUp;
    },
    get request() {
      return request;
    },
    get ended() {
      return ended;
    },
    async sendRequest(requestOptions, sendOptions = {}) {
      const built = dialect.openingRequest({
        host: authorityOf(options),
        secure: options.secure,
        random,
        ...requestOptions,
      });
      request = built;
      recorder.add({
        type: "step",
        conn: name,
        step: "request",
        detail: { request: { ...built, bytes: undefined }, size: built.bytes.length },
      });
      const hold = sendOptions.hold === "key3" ? built.headLength : (sendOptions.hold ?? built.bytes.length);
      const now = built.bytes.subarray(0, hold);
      held = built.bytes.subarray(hold);
      await send(sendOptions.tail ? Buffer.concat([now, sendOptions.tail]) : now, sendOptions);
      if (head.length > 0) attendHandshake(Buffer.alloc(0));
      return built;
    },
    async release(sendOptions = {}) {
      const rest = held;
      held = new Uint8Array();
      await send(rest, sendOptions);
    },
    sendMessage: (text, sendOptions) =>
      send(encode({ kind: options.messageKind, payload: Buffer.from(text, "utf8") }), sendOptions),
    sendBytes: send,
    encode,
    next: ((fits: (item: Item) => boolean, milliseconds: number, from = 0) => {
      const there = inbox.find((item, index) => index >= from && fits(item));
      if (there || ended) return Promise.resolve(there);
      return new Promise<Item | undefined>((resolve) => {
        const cancel = startDeadline(milliseconds, () => waiter.settle(undefined));
        const waiter: Waiter = {
          fits,
          settle(item) {
            cancel();
            waiters.delete(waiter);
            resolve(item);
          },
        };
        waiters.add(waiter);
      });
    }) as Connection["next"],
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end(how) {
      recorder.add({ type: "tcp", conn: name, from: "client", event: how });
      if (how === "fin") socket.end();
      else {
        ended = true;
        reset(socket);
      }
    },
    destroy() {
      ended = true;
      for (const waiter of [...waiters]) waiter.settle(undefined);
      socket.destroy();
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

function gap(segments: number): Promise<void> {
  return new Promise((resolve) => {
    if (segments <= 32) setTimeout(resolve, segmentGapMs);
    else setImmediate(resolve);
  });
}
