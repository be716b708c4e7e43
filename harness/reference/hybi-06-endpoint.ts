import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { dialects } from "../wire/index.ts";
import type { CloseEvent, End, Frame, FrameSpec, MessageEvent, WireEvent, WireRule } from "../wire/types.ts";
import { CLOSE_TIMEOUT, cutAfter, endSocket, hasRoom, MAX_FRAGMENTS, MAX_MESSAGE } from "./transport.ts";

const CODES = { normal: 1000, goingAway: 1001, protocolError: 1002, notAcceptable: 1003, tooLarge: 1004 } as const;

/**
 * Rules this end lets pass, because hybi-06 asks nobody to fail on them: invalid UTF-8 becomes U+FFFD.
 * Every other breach ends the connection.
 */
const TOLERATED: ReadonlySet<WireRule> = new Set(["text-utf8", "close-code", "close-reason-utf8", "length-minimal"]);

/** How an endpoint ended: by a closing handshake, or with a code of its own because of what came. */
export interface EndpointEnd {
  readonly how: "closed" | "dropped";
  /** Code of the peer's close frame. */
  readonly code?: number;
}

export interface Hybi06Options {
  readonly socket: Socket;
  readonly end: End;
  onText(text: string): void;
  /** Told once, when nothing more is read. */
  onEnd(end: EndpointEnd): void;
}

export interface Hybi06Endpoint {
  receive(bytes: Buffer): void;
  sendText(text: string): void;
  close(code: number, reason?: string): void;
}

/** One end of an open hybi-06 connection, by the codec of `harness/wire`: there is no library that speaks it. */
export function hybi06Endpoint({ socket, end, onText, onEnd }: Hybi06Options): Hybi06Endpoint {
  const codec = dialects["hybi-06"];
  const decoder = codec.decoder(end === "server" ? "client" : "server", { maxPayload: MAX_MESSAGE });
  let state: "open" | "closing" | "done" = "open";
  let fragments = 0;

  const write = (frame: FrameSpec): void => {
    if (socket.writable && hasRoom(socket)) socket.write(codec.encode(frame, end, randomBytes));
  };

  const close = (code: number, reason = ""): void => {
    if (state !== "open") return;
    state = "closing";
    const payload = codec.closePayload(code in NAMES ? code : CODES.protocolError, reason);
    write({ kind: "close", payload });
    cutAfter(socket, CLOSE_TIMEOUT);
  };

  /** Nothing more is read: a close if none was sent, and TCP ends; a client leaves that to the server where it can. */
  const finish = (code: number, ended: EndpointEnd): void => {
    close(code);
    state = "done";
    if (end === "server" || ended.how === "dropped") endSocket(socket);
    onEnd(ended);
  };

  const onFrame = ({ kind, payload, fin }: Frame): void => {
    if (kind === "ping" && state === "open") write({ kind: "pong", payload });
    if (kind === "text" || kind === "binary") fragments = 0;
    if (!fin && ++fragments > MAX_FRAGMENTS) finish(CODES.tooLarge, { how: "dropped" });
  };

  const onMessage = ({ kind, data }: MessageEvent): void => {
    if (kind === "binary") finish(CODES.notAcceptable, { how: "dropped" });
    else if (state === "open") onText(Buffer.from(data).toString("utf8"));
  };

  const onEvent = (event: WireEvent): void => {
    if (event.type === "frame") onFrame(event.frame);
    else if (event.type === "message") onMessage(event);
    else if (event.type === "close")
      finish(answerTo(event), { how: "closed", ...(event.code === undefined ? {} : { code: event.code }) });
    else if (!TOLERATED.has(event.rule))
      finish(event.rule === "frame-too-large" ? CODES.tooLarge : CODES.protocolError, { how: "dropped" });
  };

  const isDone = (): boolean => state === "done";

  return {
    close,
    sendText: (text) => state === "open" && write({ kind: "text", payload: Buffer.from(text) }),
    receive(bytes) {
      if (isDone()) return;
      for (const event of decoder.push(bytes)) if (!isDone()) onEvent(event);
    },
  };
}

const NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(CODES).map(([name, code]) => [code, name]),
);

/** The peer's code where it is one of hybi-06 §7.4, else a normal closure. */
function answerTo({ code }: CloseEvent): number {
  return code !== undefined && code in NAMES ? code : CODES.normal;
}
