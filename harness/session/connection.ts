/**
 * One live connection to the implementation under test, of which the suite plays either end: a plain
 * socket, a transcript, and an inbox of what was decoded so far. It judges nothing. Waiting always has a
 * deadline, and ends early when nothing more can come.
 */
import net from "node:net";
import tls from "node:tls";
import { readPayload } from "../netconf/index.ts";
import type { NetconfMessage } from "../netconf/types.ts";
import { tlsFailure } from "../tls/failure.ts";
import type {
  Decoder,
  Dialect,
  End,
  Frame,
  FrameSpec,
  Request,
  RequestOptions,
  Response,
  ResponseOptions,
} from "../wire/types.ts";
import { startDeadline } from "./deadline.ts";
import { type Inbox, openInbox } from "./inbox.ts";
import type { Arrival } from "./listener.ts";
import type { Recorder } from "./recorder.ts";
import { type Cut, segmentsOf } from "./segments.ts";

export type Item =
  | { readonly type: "head"; readonly response: Response }
  | { readonly type: "response"; readonly response: Response }
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "malformed" }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "message"; readonly text: string; readonly netconf: NetconfMessage | undefined }
  | { readonly type: "close"; readonly code: number | undefined }
  | { readonly type: "end"; readonly how: "fin" | "reset" };

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

export interface TlsClient {
  /** Authority of the server's certificate; default those that Node.js trusts. */
  readonly ca?: string | undefined;
  /** Certificate of the client; default none. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name that the server's certificate must have; default the host. */
  readonly servername?: string | undefined;
}

export interface ConnectionOptions extends EndOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** What it takes for TLS; certificates and keys in PEM. */
  readonly tls?: TlsClient;
  /** Milliseconds for the TCP (and TLS) connection. */
  readonly connectDeadline: number;
}

export interface SendOptions {
  readonly cut?: Cut | undefined;
}

/** Departures from the right answer to an opening request, and how it is put on the wire. */
export interface RespondOptions extends ResponseOptions, SendOptions {
  /** These bytes in place of a response. */
  readonly raw?: Uint8Array;
  /** Only so many bytes now, negative ones counted from the end; `release` sends the rest. */
  readonly hold?: number;
  /** Frames in the same segment. */
  readonly tail?: Uint8Array;
}

export interface Connection {
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
  /** `hold`: send only that many bytes now, or, as "key3", only the header block; `release` sends the rest. */
  sendRequest(
    options: Omit<RequestOptions, "random" | "host" | "secure"> & { readonly host?: string },
    send?: SendOptions & { hold?: number | "key3"; tail?: Uint8Array },
  ): Promise<Request>;
  /** As the server: answers the opening request that came, with 101 or whatever the options make of it. */
  respond(options?: RespondOptions): Promise<void>;
  release(send?: SendOptions): Promise<void>;
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

/** Pause between two segments that shall not be read as one; there is no event that tells when a peer has read. */
const segmentGapMs = 1;

/**
 * Connects. Resolves to the reason when there is no connection within the deadline; the transcript has it too.
 */
export async function connect(options: ConnectionOptions): Promise<Connection | { readonly failure: string }> {
  const { host, port, name, recorder, connectDeadline } = options;
  const raw = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
  const overTcp = await connected(raw, "connect", connectDeadline);
  const secure = options.secure && overTcp === undefined ? overTls(raw, options) : undefined;
  const failure = overTcp ?? (secure && (await connected(secure, "secureConnect", connectDeadline)));
  if (failure !== undefined) {
    secure?.destroy();
    raw.destroy();
    recorder.add({ type: "tcp", conn: name, from: "client", event: "refused" });
    recorder.add({ type: "step", conn: name, step: "no-connection", detail: { reason: failure } });
    return { failure };
  }
  recorder.add({ type: "tcp", conn: name, from: "client", event: "open" });
  return attend(raw, secure ?? raw, "client", options, authorityOf(options));
}

/** TLS on a TCP connection; the name of the server is checked against its certificate (RFC 6125). */
function overTls(socket: net.Socket, { host, tls: client = {} }: ConnectionOptions): net.Socket {
  const servername = client.servername ?? (net.isIP(host) ? "" : host);
  const { ca, cert, key } = client;
  return tls.connect({ socket, host, servername, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
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

function connected(socket: net.Socket, event: string, deadline: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = startDeadline(deadline, () => resolve(`no connection within ${deadline} ms`));
    const settle = (outcome: string | undefined) => {
      cancel();
      resolve(outcome);
    };
    socket.once(event, () => settle(undefined));
    socket.on("error", (error: NodeJS.ErrnoException) => settle(tlsFailure(error) ?? error.code ?? error.message));
    socket.once("close", () => settle("the connection was closed"));
  });
}

const otherEnd: Record<End, End> = { client: "server", server: "client" };

/** @param raw the socket of TCP itself, which alone can be reset @param socket what is read and written */
function attend(raw: net.Socket, socket: net.Socket, ours: End, options: EndOptions, authority: string): Connection {
  const { name, dialect, recorder, random } = options;
  const theirs = otherEnd[ours];
  const inbox = openInbox<Item>();
  const auto = { pong: true, close: true, end: true, reply: true };
  let request: Request | undefined;
  let head = Buffer.alloc(0);
  let headSeen = false;
  let decoder: Decoder | undefined;
  /** The handshake came to an end that no frames follow. */
  let refused = false;
  let inbound = 0;
  let ended = false;
  let givenUp: string | undefined;
  let failure: string | undefined;
  /** While something goes out in several segments. */
  let cutting: Promise<void> | undefined;
  let closeSent = false;
  /** The peer has let a deadline pass without taking what was sent. */
  let stuck = false;
  let held: Uint8Array = new Uint8Array();

  const post = (item: Item) => {
    options.onItem?.(item);
    inbox.post(item);
  };
  const finish = (how: "fin" | "reset", from: End = theirs) => {
    if (ended) return;
    ended = true;
    recorder.add({ type: "tcp", conn: name, from, event: how });
    post({ type: "end", how });
    inbox.end();
  };

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
    inbound += data.length;
    recorder.add({ type: "bytes", conn: name, from: theirs, data });
    if (inbound > options.maxInbound || inbox.items.length > maximumItems) {
      givenUp =
        inbox.items.length > maximumItems
          ? `more than ${maximumItems} frames and messages came in`
          : `more than ${options.maxInbound} bytes came in`;
      recorder.add({ type: "step", conn: name, step: "given-up", detail: { reason: givenUp } });
      socket.destroy();
      finish("reset", ours);
      return;
    }
    if (decoder) attendFrames(data);
    else if (!refused) attendHandshake(data);
  });

  function attendHandshake(data: Buffer): void {
    head = Buffer.concat([head, data]);
    if (ours === "server") attendRequest();
    else if (request) attendResponse(request);
  }

  /** What comes behind the request waits until that was answered. */
  function attendRequest(): void {
    if (request) return;
    const reading = dialect.readRequest(head);
    if (reading.state === "incomplete") return;
    if (reading.state === "malformed") {
      refused = true;
      post({ type: "malformed" });
      return;
    }
    head = head.subarray(reading.consumed);
    request = reading.value;
    post({ type: "request", request });
  }

  function attendResponse(request: Request): void {
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
        if (ours === "server" && auto.end && closeSent) end("fin");
      }
    }
  }

  function encode(frame: FrameSpec): Uint8Array {
    if (frame.kind === "close") closeSent = true;
    return dialect.encode(frame, ours, random);
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
      recorder.add({ type: "bytes", conn: name, from: ours, data: segment });
      await taken(segment);
      if (index < segments.length - 1) await gap(segments.length);
    }
  }

  /** Until the segment has left us, or the peer has not taken it within the deadline; of one that takes nothing only once. */
  function taken(segment: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = () => {
        stuck = true;
        resolve();
      };
      const cancel = stuck ? resolve : startDeadline(options.sendDeadline, giveUp);
      if (stuck) resolve();
      socket.write(segment, () => {
        stuck = false;
        cancel();
        resolve();
      });
    });
  }

  function end(how: "fin" | "reset"): void {
    recorder.add({ type: "tcp", conn: name, from: ours, event: how });
    if (how === "fin") socket.end();
    else {
      ended = true;
      inbox.end();
      reset(raw);
    }
  }

  /** From now on the client's bytes are frames, whatever our answer was: one that goes on shall be seen. */
  function attendClient(): void {
    decoder = dialect.decoder("client", { maxPayload: options.maxPayload });
    const early = head;
    head = Buffer.alloc(0);
    if (early.length > 0) attendFrames(early);
  }

  return {
    name,
    dialect,
    ours,
    inbox: inbox.items,
    auto,
    get givenUp() {
      return givenUp;
    },
    get tlsFailure() {
      return failure;
    },
    get request() {
      return request;
    },
    get ended() {
      return ended;
    },
    async sendRequest(requestOptions, sendOptions = {}) {
      const built = dialect.openingRequest({
        host: authority,
        secure: socket !== raw,
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
    async respond({ raw, hold, tail, cut, ...responseOptions } = {}) {
      if (!request) return;
      const answer = raw ?? dialect.openingResponse(request, responseOptions);
      const bytes = tail ? Buffer.concat([answer, tail]) : answer;
      const now = bytes.subarray(0, hold);
      held = bytes.subarray(now.length);
      const sent = send(now, { cut });
      if (held.length === 0) attendClient();
      await sent;
    },
    async release(sendOptions = {}) {
      const rest = held;
      held = new Uint8Array();
      const sent = send(rest, sendOptions);
      if (ours === "server" && !decoder) attendClient();
      await sent;
    },
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
