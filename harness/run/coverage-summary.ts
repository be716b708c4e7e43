/** How many of the rows that bind servers at MUST level have a case that judges a server. */
import type { Requirement } from "../judge/types.ts";
import type { Case } from "../scenario/types.ts";
import { coverageOf } from "./coverage.ts";

export interface CoverageShare {
  /** Documents of the rows. */
  readonly area: string;
  readonly rows: number;
  readonly covered: number;
  /** Those that nobody outside can see, and those that could be tested and are not. */
  readonly untestable: number;
  readonly uncovered: number;
  /** Covered of all rows, rounded down to a tenth. */
  readonly percent: number;
}

const areas: readonly (readonly [area: string, isIn: (id: string) => boolean])[] = [
  ["WebSocket hybi-00", (id) => id.startsWith("H00-")],
  ["WebSocket hybi-06", (id) => id.startsWith("H06-")],
  ["WebSocket RFC 6455", (id) => id.startsWith("WS-")],
  ["NETCONF and the binding", (id) => !/^(H00|H06|WS)-/.test(id)],
  ["all", () => true],
];

export function coverageShares(
  rows: readonly Requirement[],
  cases: readonly Pick<Case, "id" | "requirements" | "scenario">[],
): CoverageShare[] {
  const musts = rows.filter(({ level, role }) => level.startsWith("MUST") && role !== "client");
  const ofServers = cases.filter(({ scenario }) => scenario.role === "server");
  const coverage = coverageOf(musts, ofServers, []);
  return areas.map(([area, isIn]) => {
    const states = musts.filter(({ id }) => isIn(id)).map(({ id }) => coverage.get(id)?.state);
    const count = (wanted: string) => states.filter((state) => state === wanted).length;
    const covered = count("covered");
    return {
      area,
      rows: states.length,
      covered,
      untestable: count("untestable"),
      uncovered: count("uncovered") + count("open"),
      percent: Math.floor((1000 * covered) / Math.max(1, states.length)) / 10,
    };
  });
}
