/** A mutant as a TCP proxy in front of a conforming peer. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { dialects } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { createLink, type ProxiedLink } from "./link.ts";
import { seededBytes } from "./random.ts";
import { relay } from "./relay.ts";
import { tlsFront, type UpstreamTls } from "./tls-front.ts";
import { transforms } from "./transforms/index.ts";
import type { Hooks, Link, Mutant, TransformSpec } from "./types.ts";

export interface RunningMutant {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Port for TLS on 127.0.0.1, and the authority of the certificate there, in PEM. */
  readonly tls?: { readonly port: number; readonly ca: string };
  /** Cuts all connections and stops listening. */
  close(): Promise<void>;
}

export interface Upstream {
  readonly host: string;
  readonly port: number;
  /** Where it takes TLS. */
  readonly tls?: UpstreamTls;
}

/**
 * Starts a mutant in front of `upstream`. Everything that its transforms leave alone passes byte for byte
 * and in order.
 * @param seed of what is drawn: masking keys of frames that are encoded anew, and `odds`; each connection, by its
 *   number, draws for itself, so that a seed gives the same whatever the others do
 * @throws when a port cannot be opened, or a transform's name is unknown
 */
export async function startMutant(
  mutant: Mutant,
  { host, port, tls }: Upstream,
  dialect: DialectName,
  seed: number,
): Promise<RunningMutant> {
  const factories = mutant.transform.map(hooksFor);
  const links = new Set<ProxiedLink>();
  const memory = new Map<object, Set<number>>();
  const sockets = new Set<Socket>();
  let index = 0;

  const join = (secure: boolean) => (client: Socket, peer: Socket) => {
    for (const socket of [client, peer]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
    const ends = { client, server: peer };
    const link = createLink({
      index,
      dialect: dialects[dialect],
      secure,
      random: seededBytes(seed + Math.imul(index, 0x9e3779b9)),
      sockets: ends,
      links,
      memory,
      hooks: (own) => factories.map((make) => make(own)),
    });
    index += 1;
    links.add(link);
    relay(link, ends, () => links.delete(link));
  };

  const plain = createServer({ allowHalfOpen: true }, (client) =>
    join(false)(client, connect({ host, port, allowHalfOpen: true })),
  );
  const front = tls && tlsFront(mutant, tls, join(true));
  const servers = [plain, ...(front ? [front.server] : [])];
  const [plainPort = 0, tlsPort = 0] = await Promise.all(servers.map(listening));
  return {
    port: plainPort,
    ...(front && { tls: { port: tlsPort, ca: front.ca } }),
    async close() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

/** Listens on a free port of 127.0.0.1. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the mutant's listener has no port");
  return address.port;
}

function hooksFor(spec: TransformSpec): (link: Link) => Hooks {
  const [name = "", params] = Object.entries(spec)[0] ?? [];
  const transform = transforms[name];
  if (transform === undefined) throw new Error(`unknown transform "${name}"`);
  return (link) => transform(params, link);
}
