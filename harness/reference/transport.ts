import type { Socket } from "node:net";
import type { Acceptance } from "./handshake.ts";
import type { RequestHead } from "./request-head.ts";
import type { Engine, EngineSession } from "./types.ts";

/** Octets of one message in either direction of what a client may send. */
export const MAX_MESSAGE = 4 * 1024 * 1024;
/** Fragments of one message. */
export const MAX_FRAGMENTS = 65_536;
/** Milliseconds a peer may take to answer our close, or to close TCP after both were sent. */
export const CLOSE_TIMEOUT = 1000;
/** Octets that may wait for a client that does not read. */
const MAX_BACKLOG = 64 * 1024 * 1024;

/** A connection whose opening request was accepted and not yet answered. */
export interface Opening {
  readonly socket: Socket;
  readonly head: RequestHead;
  /** The request head as it came, blank line included. */
  readonly headBytes: Buffer;
  /** What followed the head. */
  readonly rest: Buffer;
  readonly acceptance: Acceptance;
  readonly subprotocol: string;
  readonly engine: Engine;
  readonly username: string;
}

/** A WebSocket as the engine sees it. */
export interface Channel {
  sendText(message: string): void;
  close(code: number, reason: string): void;
}

/** Opens a NETCONF session over a channel that has just become usable (RFC 6241 §8.1: hello at once). */
export function openSession({ socket, engine, username }: Opening, channel: Channel): EngineSession {
  return engine.open({
    username,
    sourceHost: (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, ""),
    send(message) {
      if (hasRoom(socket)) channel.sendText(message);
    },
    close: (code, reason) => channel.close(code, reason),
  });
}

/** Whether more may be written; a client that lets too much pile up is cut. */
export function hasRoom(socket: Socket): boolean {
  if (socket.writableLength > MAX_BACKLOG) socket.destroy();
  return !socket.destroyed;
}

/** Ends TCP from this side and makes sure that it ends. */
export function endSocket(socket: Socket): void {
  socket.end();
  cutAfter(socket, CLOSE_TIMEOUT);
}

/** Destroys the socket unless it is closed in time. */
export function cutAfter(socket: Socket, milliseconds: number): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), milliseconds);
  socket.once("close", () => clearTimeout(timer));
}
