/**
 * The end of TLS in front of a mutant: its transforms see what goes through it. To the upstream it shows the
 * certificate that the client showed, whose key the suite has, as it made or was given it.
 */
import { connect as connectTcp, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { type Identity, issue } from "../tls/issue.ts";
import type { KeyRing } from "../tls/key-ring.ts";
import type { Mutant } from "./types.ts";

export interface UpstreamTls {
  readonly host: string;
  readonly port: number;
  /** What its certificate is checked against; default the authorities and the host. */
  readonly ca?: string | undefined;
  readonly servername?: string | undefined;
  /** The certificate of the suite's own user. */
  readonly own?: Identity | undefined;
  /** The certificates that the target knows. */
  readonly known: KeyRing;
  /** Those that a case has made. */
  readonly made: KeyRing;
}

export interface TlsFront {
  readonly server: Server;
  /** The authority of its certificate. */
  readonly ca: string;
}

/** Where the front itself is what is broken: `lend-certificate` and `accept-plain`. */
interface Faults {
  readonly lend?: { readonly when: "none" | "unknown" };
  readonly plain: boolean;
}

function faultsOf({ transform }: Mutant): Faults {
  const lend = transform.find((spec) => "lend-certificate" in spec)?.["lend-certificate"] as Faults["lend"];
  return { ...(lend && { lend }), plain: transform.some((spec) => "accept-plain" in spec) };
}

/** @param relay joins the two ends of a connection */
export function tlsFront(
  mutant: Mutant,
  upstream: UpstreamTls,
  relay: (client: Socket, peer: Socket) => void,
): TlsFront {
  const authority = issue({ commonName: "authority of a mutant", authority: true });
  const own = issue({ commonName: "a mutant", names: [{ ip: "127.0.0.1" }] }, authority);
  const faults = faultsOf(mutant);
  const asks = { requestCert: true, rejectUnauthorized: false, allowHalfOpen: true };
  const server = createServer({ ...own, ...asks }, (client) =>
    relay(client, connectTo(upstream, shownBy(client, upstream, faults))),
  );
  server.on("tlsClientError", () => {});
  if (!faults.plain) return { server, ca: authority.cert };
  const either = createTcpServer({ allowHalfOpen: true }, (client) => {
    client.once("data", (first) => {
      client.pause();
      client.unshift(first);
      if (first[0] === TLS_HANDSHAKE) {
        server.emit("connection", client);
        return;
      }
      relay(client, connectTo(upstream, upstream.own));
      client.resume();
    });
  });
  return { server: either, ca: authority.cert };
}

/** First byte of a connection that begins with TLS (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16;

/** The certificate that the upstream gets to see. */
function shownBy(client: TLSSocket, { known, made, own }: UpstreamTls, { lend }: Faults): Identity | undefined {
  const { raw } = client.getPeerCertificate();
  if (raw === undefined) return lend?.when === "none" ? own : undefined;
  return known.find(raw) ?? (lend?.when === "unknown" ? own : made.find(raw));
}

function connectTo({ host, port, ca, servername = "" }: UpstreamTls, identity: Identity | undefined): Socket {
  const socket = connectTcp({ host, port, allowHalfOpen: true });
  socket.on("error", () => {});
  return connect({ socket, host, servername, ...(ca && { ca }), ...identity });
}
