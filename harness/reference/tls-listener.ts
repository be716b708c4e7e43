/** The listener for WebSocket over TLS (RFC 6455 §10.6), with the users of client certificates (RFC 7589 §5, §7). */
import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { type NameEntry, nameFrom } from "./cert-to-name.ts";

export interface TlsOptions {
  /** Certificate and key of the server, in PEM. */
  readonly cert: string;
  readonly key: string;
  /** The authority that issues client certificates, in PEM. */
  readonly ca: string;
  readonly certToName: readonly NameEntry[];
}

export interface TlsListener {
  /** Listens on a free port of that host; gives the port. */
  listen(host: string): Promise<number>;
  /** Takes another authority for client certificates. */
  trust(ca: string): void;
  /** Appends entries to the list that names the users. */
  mapCertificates(entries: readonly NameEntry[]): void;
  /** Resolves when all connections are over. */
  close(): Promise<void>;
}

/**
 * @param demanded a client needs a certificate that can be verified and gives a user name, or TLS is ended
 * @param accept takes a connection once its handshake is over, with the user of its certificate
 */
export function tlsListener(
  { cert, key, ca, certToName }: TlsOptions,
  demanded: boolean,
  accept: (socket: TLSSocket, user: string | undefined) => void,
): TlsListener {
  const authorities = [ca];
  const entries = [...certToName];
  const own = { cert, key };
  const certificates = { requestCert: demanded, rejectUnauthorized: demanded };
  const server = createServer({ ...own, ...certificates, ca: authorities, noDelay: true }, (socket) => {
    socket.on("error", () => {});
    const user = demanded ? nameFrom(chainOf(socket.getPeerCertificate(true)), entries) : undefined;
    if (demanded && user === undefined) socket.destroy();
    else accept(socket, user);
  });
  server.on("connection", (socket: Socket) => socket.on("error", () => {}));
  return {
    listen: (host) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, host, () => {
          const address = server.address();
          resolve(typeof address === "object" && address !== null ? address.port : 0);
        });
      }),
    trust(authority) {
      authorities.push(authority);
      server.setSecureContext({ ...own, ca: authorities });
    },
    mapCertificates: (more) => void entries.push(...more),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The certificate that was shown and those of its issuers, as far as they are known; a root is its own issuer. */
function chainOf(shown: DetailedPeerCertificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = shown;
  while (next?.raw !== undefined) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}
