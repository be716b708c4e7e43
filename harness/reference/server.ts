import { createServer, type Server, type Socket } from "node:net";
import type { DialectName } from "../wire/types.ts";
import { accessControl } from "./access-control.ts";
import { RULES } from "./accounts.ts";
import type { NameEntry } from "./cert-to-name.ts";
import { createEngine } from "./engine.ts";
import { type HandshakePolicy, judgeRequest } from "./handshake.ts";
import type { Feature } from "./names.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { createHeadReader, type RequestHead } from "./request-head.ts";
import { type TlsOptions, tlsListener } from "./tls-listener.ts";
import { CLOSE_TIMEOUT, type Opening } from "./transport.ts";
import { openHybi00 } from "./transport-hybi-00.ts";
import { openHybi06 } from "./transport-hybi-06.ts";
import { openRfc6455 } from "./transport-rfc6455.ts";
import type { Engine } from "./types.ts";
import { type Accounts, type UserSource, userOf } from "./user.ts";

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
  /** Where the user of a session comes from; default `none`. */
  readonly username?: UserSource;
  /** The users of `cookie` and `http`; default none. */
  readonly accounts?: Accounts;
  /** Listens for TLS too, on a port of its own; default not. */
  readonly tls?: TlsOptions;
}

export interface Reference {
  readonly port: number;
  readonly path: string;
  readonly engine: Engine;
  /** The port of TLS, where it was asked for. */
  readonly tlsPort?: number;
  /** Takes another authority for client certificates, in PEM. */
  trust(ca: string): void;
  /** Appends entries to the list that gives users of client certificates. */
  mapCertificates(entries: readonly NameEntry[]): void;
  /** Closes all sessions in an orderly way (1001), then cuts what is left. */
  close(): Promise<void>;
}

/** Starts the reference server: NETCONF over WebSocket, every dialect on one port, and again over TLS where asked. */
export async function startReference(options: ReferenceOptions = {}): Promise<Reference> {
  const { port = 0, host = "127.0.0.1", path = "/netconf", subprotocol = "netconf", logCapacity } = options;
  const { dialects = ["hybi-00", "hybi-06", "rfc6455"], origins, refusedOrigins, handshakeTimeout = 10_000 } = options;
  const { without = [], username = "none", accounts = new Map<string, string>() } = options;
  const access = accessControl(RULES);
  const engine = createEngine({ without, access, ...(logCapacity === undefined ? {} : { logCapacity }) });
  const policy: HandshakePolicy = { path, dialects, subprotocol, origins, refusedOrigins };
  const sockets = new Set<Socket>();
  const accept = (socket: Socket, certified?: string): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    const user = (head: RequestHead) => userOf(username, head, accounts, certified);
    awaitRequest(socket, { policy, engine, user, timeout: handshakeTimeout });
  };
  const server = createServer({ noDelay: true }, accept);
  await listen(server, port, host);
  const secure = options.tls && tlsListener(options.tls, username === "certificate", accept);
  const tlsPort = await secure?.listen(host);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    path,
    engine,
    ...(tlsPort === undefined ? {} : { tlsPort }),
    trust: (ca) => secure?.trust(ca),
    mapCertificates: (entries) => secure?.mapCertificates(entries),
    async close() {
      const closed = Promise.all([new Promise<void>((resolve) => server.close(() => resolve())), secure?.close()]);
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

interface Reception {
  readonly policy: HandshakePolicy;
  readonly engine: Engine;
  /** Whose session it is to be, by the request and the connection. */
  readonly user: (head: RequestHead) => { readonly username: string } | Refusal;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Collects the request head, judges it, and hands the connection to its dialect or refuses it. */
function awaitRequest(socket: Socket, { policy, engine, user, timeout }: Reception): void {
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
      const who = user(reading.head);
      if ("status" in verdict) refuse(socket, verdict);
      else if ("status" in who) refuse(socket, who);
      else {
        open({
          socket,
          head: reading.head,
          headBytes: reading.bytes,
          rest: reading.rest,
          acceptance: verdict,
          subprotocol: policy.subprotocol,
          engine,
          username: who.username,
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
