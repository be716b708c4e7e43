/** What a matrix comes to: what nobody has explained, what is no longer wrong, and the exit code. Pure. */
import { EXIT, strongest } from "../run/exit-code.ts";
import { cellMatcher } from "./cell-id.ts";
import type { KnownCell } from "./file.ts";
import type { Cell, MatrixResults } from "./results.ts";
import { isUnexpected, summarise } from "./verdict.ts";

/** Patterns of known cells that match no cell of the file: a mistake in it. */
export function deadPatterns(known: readonly KnownCell[], ids: readonly string[]): string[] {
  return known.map(({ cell }) => cell).filter((pattern) => !ids.some(cellMatcher(pattern)));
}

/** Known cells of which some talks now and none is wrong; one that is wrong only sometimes is never among them. */
export function staleCells(known: readonly KnownCell[], cells: readonly Cell[]): string[] {
  return known
    .filter(({ cell, sometimes }) => {
      const meant = cells.filter(({ id }) => cellMatcher(cell)(id));
      const has = (...verdicts: string[]) => meant.some(({ verdict }) => verdicts.includes(verdict));
      return !sometimes && has("talk") && !has("findings", "no-talk", "error");
    })
    .map(({ cell }) => cell);
}

export function unexpectedCells({ cells }: MatrixResults, strict: boolean): Cell[] {
  return cells.filter((cell) => isUnexpected(cell, strict));
}

/** Exit code of a matrix that has results (design §4). */
export function matrixExit(
  results: MatrixResults,
  options: { readonly strict: boolean; readonly stale: readonly string[]; readonly interrupted: boolean },
): number {
  const { cells, planned, summary } = results;
  const codes: number[] = [];
  if (summary.error > 0) codes.push(EXIT.harnessError);
  if (options.interrupted) codes.push(EXIT.interrupted);
  const tried = cells.length - summary.unavailable - summary["not-common"];
  if (cells.length < planned || tried === 0) codes.push(EXIT.notExecuted);
  if (unexpectedCells(results, options.strict).length > 0) codes.push(EXIT.nonConforming);
  if (options.stale.length > 0) codes.push(EXIT.stale);
  return strongest(codes);
}

/**
 * A matrix with some of its cells run again: those take the place of the old ones, and what was found out about their
 * peers now holds. Cells and peers that the file no longer has are gone.
 * @param order ids of all cells that the file has
 */
export function withRerun(before: MatrixResults, again: MatrixResults, order: readonly string[]): MatrixResults {
  const fresh = new Map(again.cells.map((cell) => [cell.id, cell]));
  const old = new Map(before.cells.map((cell) => [cell.id, cell]));
  const cells = order.flatMap((id) => fresh.get(id) ?? old.get(id) ?? []);
  const known = new Map([...before.servers, ...before.clients].map((peer) => [`${peer.role} ${peer.name}`, peer]));
  const touched = new Set(again.cells.flatMap(({ server, client }) => [`server ${server}`, `client ${client}`]));
  const peers = (list: MatrixResults["servers"]) =>
    list.map((peer) => {
      const key = `${peer.role} ${peer.name}`;
      return touched.has(key) ? peer : (known.get(key) ?? peer);
    });
  const isWhole = cells.length === order.length && again.complete;
  return {
    ...again,
    complete: isWhole,
    ...(isWhole ? {} : { reason: again.reason ?? before.reason ?? "not every cell was run" }),
    durationMs: before.durationMs,
    servers: peers(again.servers),
    clients: peers(again.clients),
    planned: order.length,
    summary: summarise(cells),
    cells,
  };
}
