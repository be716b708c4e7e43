import { randomBytes } from "node:crypto";
import { dialects } from "../wire/index.ts";
import type { CloseEvent, Frame, FrameSpec, MessageEvent, WireEvent, WireRule } from "../wire/types.ts";
import { NO_CACHE, refuse } from "./refusal.ts";
import {
  CLOSE_TIMEOUT,
  cutAfter,
  endSocket,
  hasRoom,
  MAX_FRAGMENTS,
  MAX_MESSAGE,
  type Opening,
  openSession,
} from "./transport.ts";
import type { EngineSession } from "./types.ts";

const CODES = { normal: 1000, goingAway: 1001, protocolError: 1002, notAcceptable: 1003, tooLarge: 1004 } as const;

/**
 * Rules this end lets pass, because hybi-06 asks nobody to fail on them: invalid UTF-8 becomes U+FFFD.
 * Every other breach ends the connection.
 */
const TOLERATED: ReadonlySet<WireRule> = new Set(["text-utf8", "close-code", "close-reason-utf8", "length-minimal"]);

/** hybi-06 by the codec of `harness/wire`: there is no library that speaks it. */
export function openHybi06(opening: Opening): void {
  const { socket, headBytes, rest, subprotocol } = opening;
  const codec = dialects["hybi-06"];
  const request = codec.readRequest(headBytes);
  if (request.state !== "complete") {
    refuse(socket, { status: 400, reason: "The request is malformed." });
    return;
  }
  const decoder = codec.decoder("client", { maxPayload: MAX_MESSAGE });
  let state: "open" | "closing" | "done" = "open";
  let fragments = 0;

  const write = (frame: FrameSpec): void => {
    if (socket.writable && hasRoom(socket)) socket.write(codec.encode(frame, "server", randomBytes));
  };

  const sendClose = (code: number, reason = ""): void => {
    if (state !== "open") return;
    state = "closing";
    const payload = codec.closePayload(code in NAMES ? code : CODES.protocolError, reason);
    write({ kind: "close", payload });
    cutAfter(socket, CLOSE_TIMEOUT);
  };

  /** Nothing more is read: a close if none was sent, and TCP ends. */
  const finish = (code: number, how: "closed" | "dropped"): void => {
    sendClose(code);
    state = "done";
    endSocket(socket);
    session.gone(how);
  };

  const onFrame = ({ kind, payload, fin }: Frame): void => {
    if (kind === "ping" && state === "open") write({ kind: "pong", payload });
    if (kind === "text" || kind === "binary") fragments = 0;
    if (!fin && ++fragments > MAX_FRAGMENTS) finish(CODES.tooLarge, "dropped");
  };

  const onMessage = ({ kind, data }: MessageEvent): void => {
    if (kind === "binary") finish(CODES.notAcceptable, "dropped");
    else if (state === "open") session.receive(Buffer.from(data).toString("utf8"));
  };

  const onEvent = (event: WireEvent): void => {
    if (event.type === "frame") onFrame(event.frame);
    else if (event.type === "message") onMessage(event);
    else if (event.type === "close") finish(answerTo(event), "closed");
    else if (!TOLERATED.has(event.rule)) {
      finish(event.rule === "frame-too-large" ? CODES.tooLarge : CODES.protocolError, "dropped");
    }
  };

  const isDone = (): boolean => state === "done";

  const receive = (bytes: Buffer): void => {
    if (isDone()) return;
    for (const event of decoder.push(bytes)) {
      if (!isDone()) onEvent(event);
    }
  };

  const set = Object.fromEntries(NO_CACHE);
  socket.write(codec.openingResponse(request.value, { subprotocol, set }));
  socket.on("error", () => {});
  const session: EngineSession = openSession(opening, {
    sendText: (text) => state === "open" && write({ kind: "text", payload: Buffer.from(text) }),
    close: sendClose,
  });
  socket.on("close", () => session.gone("dropped"));
  socket.on("data", receive);
  if (rest.length > 0) receive(rest);
}

const NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(CODES).map(([name, code]) => [code, name]),
);

/** The peer's code where it is one of hybi-06 §7.4, else a normal closure. */
function answerTo({ code }: CloseEvent): number {
  return code !== undefined && code in NAMES ? code : CODES.normal;
}
