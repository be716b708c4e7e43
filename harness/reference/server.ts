import { createServer, type Server, type Socket } from "node:net";
import type { DialectName } from "../wire/types.ts";
import { createEngine } from "./engine.ts";
import { type HandshakePolicy, judgeRequest } from "./handshake.ts";
import type { Feature } from "./names.ts";
import { refuse } from "./refusal.ts";
import { createHeadReader } from "./request-head.ts";
import { CLOSE_TIMEOUT, type Opening } from "./transport.ts";
import { openHybi00 } from "./transport-hybi-00.ts";
import { openHybi06 } from "./transport-hybi-06.ts";
import { openRfc6455 } from "./transport-rfc6455.ts";
import type { Engine } from "./types.ts";

export interface ReferenceOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default /netconf; a query does not matter. */
  readonly path?: string;
  /** Default all three. */
  readonly dialects?: readonly DialectName[];
  /** Default netconf. */
  readonly subprotocol?: string;
  /** Origins accepted; default any. A request without one is always accepted, except in hybi-00. */
  readonly origins?: readonly string[];
  /** Origins refused; default none. */
  readonly refusedOrigins?: readonly string[];
  /** Events kept for replay, per stream; default 400. */
  readonly logCapacity?: number;
  /** Features that the NETCONF server lacks; default none. */
  readonly without?: readonly Feature[];
  /** Milliseconds in which an opening request must be complete; default 10000. */
  readonly handshakeTimeout?: number;
}

export interface Reference {
  readonly port: number;
  readonly path: string;
  readonly engine: Engine;
  /** Closes all sessions in an orderly way (1001), then cuts what is left. */
  close(): Promise<void>;
}

/** Starts the reference server: NETCONF over WebSocket, every dialect on one port. */
export async function startReference(options: ReferenceOptions = {}): Promise<Reference> {
  const { port = 0, host = "127.0.0.1", path = "/netconf", subprotocol = "netconf", logCapacity } = options;
  const { dialects = ["hybi-00", "hybi-06", "rfc6455"], origins, refusedOrigins, handshakeTimeout = 10_000 } = options;
  const { without = [] } = options;
  const engine = createEngine({ without, ...(logCapacity === undefined ? {} : { logCapacity }) });
  const policy: HandshakePolicy = { path, dialects, subprotocol, origins, refusedOrigins };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    awaitRequest(socket, policy, engine, handshakeTimeout);
  });
  await listen(server, port, host);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    path,
    engine,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      engine.restart();
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, CLOSE_TIMEOUT / 4);
      await closed;
      clearTimeout(cut);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      server.on("error", () => {});
      resolve();
    });
  });
}

/** Collects the request head, judges it, and hands the connection to its dialect or refuses it. */
function awaitRequest(socket: Socket, policy: HandshakePolicy, engine: Engine, timeout: number): void {
  const read = createHeadReader();
  const timer = setTimeout(() => {
    socket.off("data", receive);
    refuse(socket, { status: 408, reason: "The request did not come in time." });
  }, timeout);
  socket.once("close", () => clearTimeout(timer));

  function receive(bytes: Buffer): void {
    const reading = read(bytes);
    if (reading.state === "incomplete") return;
    clearTimeout(timer);
    socket.off("data", receive);
    if (reading.state === "malformed") refuse(socket, { status: 400, reason: "The request is malformed." });
    else if (reading.state === "too-large") refuse(socket, { status: 431, reason: "The request head is too large." });
    else {
      const verdict = judgeRequest(reading.head, policy);
      if ("status" in verdict) refuse(socket, verdict);
      else {
        open({
          socket,
          head: reading.head,
          headBytes: reading.bytes,
          rest: reading.rest,
          acceptance: verdict,
          subprotocol: policy.subprotocol,
          engine,
        });
      }
    }
  }

  function open(opening: Opening): void {
    if (opening.acceptance.dialect === "rfc6455") openRfc6455(opening);
    else if (opening.acceptance.dialect === "hybi-06") openHybi06(opening);
    else openHybi00(opening, timeout);
  }

  socket.on("data", receive);
}
