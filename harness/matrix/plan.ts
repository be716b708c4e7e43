/** Which cells a matrix has: server × client × dialect, and suite × target. Pure. */
import type { DialectName } from "../wire/types.ts";
import { cellId } from "./cell-id.ts";
import type { Areas, Listed, MatrixFile } from "./file.ts";
import { SUITE } from "./results.ts";

export interface PlannedCell {
  readonly id: string;
  readonly kind: "pair" | "suite";
  /** Absent: the client suite plays it. */
  readonly server?: Listed;
  /** Absent: the server suite plays it. */
  readonly client?: Listed;
  /** Absent where the two have none in common, or nothing is known of one that cannot be had. */
  readonly dialect?: DialectName;
  /** For a suite: the areas it judges. */
  readonly areas?: Areas;
}

/** The cells in the order of the file, server by server; then the clients that the suite judges. */
export function planCells(file: MatrixFile): PlannedCell[] {
  const { servers, clients, suites } = file;
  const ofServers = servers.flatMap((server) => [
    ...clients.flatMap((client) => pairCells(file, server, client)),
    ...(suites.server ? suiteCells(file, { server }, suites.server) : []),
  ]);
  const ofClients = clients.flatMap((client) => (suites.client ? suiteCells(file, { client }, suites.client) : []));
  return [...ofServers, ...ofClients];
}

function pairCells(file: MatrixFile, server: Listed, client: Listed): PlannedCell[] {
  const common = dialectsOf(file, server).filter((dialect) => dialectsOf(file, client).includes(dialect));
  const isUnknown = [server, client].some(({ dialects, unavailable }) => unavailable !== undefined && !dialects);
  const under = isUnknown || common.length === 0 ? [undefined] : common;
  return under.map((dialect) => ({
    id: cellId(server.name, client.name, dialect),
    kind: "pair",
    server,
    client,
    ...(dialect && { dialect }),
  }));
}

function suiteCells(
  file: MatrixFile,
  { server, client }: { readonly server?: Listed; readonly client?: Listed },
  areas: Areas,
): PlannedCell[] {
  const peer = (server ?? client) as Listed;
  const under = peer.unavailable !== undefined && !peer.dialects ? [undefined] : dialectsOf(file, peer);
  return under.map((dialect) => ({
    id: cellId(server?.name ?? SUITE, client?.name ?? SUITE, dialect),
    kind: "suite",
    ...(server && { server }),
    ...(client && { client }),
    ...(dialect && { dialect }),
    areas,
  }));
}

/** What is tried with a peer. */
function dialectsOf({ dialects }: MatrixFile, peer: Listed): readonly DialectName[] {
  return dialects.filter((dialect) => peer.dialects?.includes(dialect) ?? true);
}
