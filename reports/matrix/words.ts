/** How the verdicts on cells are called and marked, and what is said of a whole matrix. */
import type { Cell, CellVerdict, MatrixResults } from "../../harness/matrix/results.ts";
import { CELL_VERDICTS } from "../../harness/matrix/results.ts";
import { count, printable } from "../text.ts";

/** Words and a sign of one column for each verdict, so that colour is never the only one to tell. */
export const VERDICT_WORDS: Readonly<Record<CellVerdict, { readonly words: string; readonly sign: string }>> = {
  talk: { words: "talk", sign: "✓" },
  findings: { words: "talk with findings", sign: "!" },
  "no-talk": { words: "do not talk", sign: "✕" },
  unavailable: { words: "not available", sign: "○" },
  "not-common": { words: "not claimed in common", sign: "–" },
  error: { words: "error of the suite", sign: "?" },
};

/** `31 talk, 2 do not talk`; verdicts that did not occur are left out. */
export function cellSentence(summary: MatrixResults["summary"]): string {
  const parts = CELL_VERDICTS.filter((verdict) => summary[verdict] > 0).map(
    (verdict) => `${summary[verdict]} ${VERDICT_WORDS[verdict].words}`,
  );
  return parts.join(", ") || "no cells";
}

/**
 * One sentence on a matrix, in the order in which its exit code weighs it.
 * @param unexpected cells that nothing explains
 */
export function matrixOutcome(
  { complete, reason, summary, planned, cells }: MatrixResults,
  unexpected: readonly Cell[],
  stale: readonly string[],
): { readonly good: boolean; readonly text: string } {
  const bad = (text: string) => ({ good: false, text });
  if (summary.error > 0) return bad(`The suite failed in ${count(summary.error, "cell")}`);
  if (!complete) return bad(`Incomplete: ${printable(reason ?? "cut short")}`);
  if (cells.length < planned) return bad(`Only ${cells.length} of ${count(planned, "planned cell")} were tried`);
  if (summary.unavailable + summary["not-common"] === cells.length) return bad("No cell came to a verdict");
  if (unexpected.length > 0) return bad(`${count(unexpected.length, "cell")} with what nobody has explained`);
  if (stale.length > 0) return bad(`${count(stale.length, "known cell")} no longer wrong`);
  return { good: true, text: "Nothing unexpected" };
}

/** `rfc6455`, or nothing where the two have no dialect in common. */
export function dialectOf({ dialect }: Pick<Cell, "dialect">): string {
  return dialect ?? "no common dialect";
}
