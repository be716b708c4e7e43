/** A TCP connection, with TLS on it where that is asked for, within a deadline. */
import net from "node:net";
import tls from "node:tls";
import { tlsFailure } from "../tls/failure.ts";
import { startDeadline } from "./deadline.ts";

export interface TlsClient {
  /** Authority of the server's certificate; default those that Node.js trusts. */
  readonly ca?: string | undefined;
  /** Certificate of the client; default none. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name that the server's certificate must have; default the host. */
  readonly servername?: string | undefined;
}

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** What it takes for TLS; certificates and keys in PEM. */
  readonly tls?: TlsClient;
  /** Milliseconds for the TCP (and TLS) connection. */
  readonly connectDeadline: number;
}

/** The socket of TCP itself, which alone can be reset, and the one that is read and written. */
export interface Opened {
  readonly raw: net.Socket;
  readonly socket: net.Socket;
}

/** Connects. Resolves to the reason when there is no connection within the deadline. */
export async function openSocket(options: DialOptions): Promise<Opened | { readonly failure: string }> {
  const { host, port, connectDeadline } = options;
  const raw = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
  const overTcp = await connected(raw, "connect", connectDeadline);
  const secure = options.secure && overTcp === undefined ? overTls(raw, options) : undefined;
  const failure = overTcp ?? (secure && (await connected(secure, "secureConnect", connectDeadline)));
  if (failure === undefined) return { raw, socket: secure ?? raw };
  secure?.destroy();
  raw.destroy();
  return { failure };
}

/** TLS on a TCP connection; the name of the server is checked against its certificate (RFC 6125). */
function overTls(socket: net.Socket, { host, tls: client = {} }: DialOptions): net.Socket {
  const servername = client.servername ?? (net.isIP(host) ? "" : host);
  const { ca, cert, key } = client;
  return tls.connect({ socket, host, servername, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
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
