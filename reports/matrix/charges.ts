/** Who broke what, over all cells. */
import type { MatrixResults, PairFinding } from "../../harness/matrix/results.ts";

export interface Charge {
  readonly peer: string;
  readonly finding: PairFinding;
  /** Ids of the cells in which it was seen. */
  readonly cells: readonly string[];
}

/** One row for each peer and requirement: those that bind before the others, then by name. */
export function charges({ cells }: MatrixResults): Charge[] {
  const rows = new Map<string, { peer: string; finding: PairFinding; cells: Set<string> }>();
  for (const { id, server, client, parts } of cells)
    for (const finding of parts.flatMap(({ findings }) => findings)) {
      const peer = finding.end === "server" ? server : client;
      const key = `${peer} ${finding.end} ${finding.requirement}`;
      const row = rows.get(key) ?? { peer, finding, cells: new Set() };
      row.cells.add(id);
      rows.set(key, row);
    }
  const weight = ({ fails, known }: PairFinding) => (known !== undefined ? 2 : fails ? 0 : 1);
  return [...rows.values()]
    .map((row) => ({ ...row, cells: [...row.cells] }))
    .sort(
      (a, b) =>
        weight(a.finding) - weight(b.finding) ||
        a.peer.localeCompare(b.peer, "en") ||
        a.finding.requirement.localeCompare(b.finding.requirement, "en"),
    );
}
