/** From what a pair did to the verdict on a part, and from parts to the verdict on a cell. Pure. */
import type { End } from "../wire/types.ts";
import type { Missing } from "./progress.ts";
import { CELL_VERDICTS, type Cell, type CellPart, type CellVerdict, type PairFinding } from "./results.ts";

type Outcome = Pick<CellPart, "verdict" | "reason" | "charged">;

/** @param lack what the pair did not come to; absent when it did all */
export function partOutcome(lack: Missing | undefined, findings: readonly PairFinding[]): Outcome {
  if (lack) return { verdict: "no-talk", reason: withClause(lack, findings), charged: lack.charged };
  return { verdict: findings.length > 0 ? "findings" : "talk" };
}

/**
 * Who refused what, by which clause: an end that gives up may be right to, when the other broke a clause; and it may be
 * at fault itself.
 */
function withClause({ reason, charged }: Missing, findings: readonly PairFinding[]): string {
  const deciding = findings.filter(({ fails }) => fails);
  const own = deciding.filter(({ end }) => end === charged);
  const others = deciding.filter(({ end }) => end !== charged);
  if (own.length > 0) return `${reason}; it broke ${clauses(own)}`;
  if (others.length > 0) return `${reason}; the ${otherEnd[charged]} had broken ${clauses(others)}`;
  return `${reason}; no clause was broken on the wire`;
}

const otherEnd: Readonly<Record<End, End>> = { client: "server", server: "client" };

/** The first clauses, each with its requirement. */
function clauses(findings: readonly PairFinding[]): string {
  const names = [...new Set(findings.map(({ requirement, clause }) => `${requirement} (${clause})`))];
  return names.slice(0, 2).join(" and ") + (names.length > 2 ? ` and ${names.length - 2} more` : "");
}

/**
 * A pair that did something together talks; what it did not do, or did wrong, makes it `findings`. One that did nothing
 * together does not talk, or could not be tried.
 */
export function cellOutcome(parts: readonly CellPart[]): Pick<Cell, "verdict" | "reason" | "charged"> {
  const first = (...verdicts: CellVerdict[]) => parts.find(({ verdict }) => verdicts.includes(verdict));
  const error = first("error");
  if (error) return { verdict: "error", ...why(error) };
  const refused = first("no-talk");
  if (first("talk", "findings")) {
    if (refused) return { verdict: "findings", ...why(refused, true) };
    return { verdict: first("findings") ? "findings" : "talk" };
  }
  const telling = refused ?? first("unavailable") ?? first("not-common");
  return telling
    ? { verdict: telling.verdict, ...why(telling) }
    : { verdict: "unavailable", reason: "nothing was tried" };
}

function why({ name, reason, charged }: CellPart, named = false): Pick<Cell, "reason" | "charged"> {
  return {
    ...(reason === undefined ? {} : { reason: named ? `${name}: ${reason}` : reason }),
    ...(charged === undefined ? {} : { charged }),
  };
}

/** Cells by verdict. */
export function summarise(cells: readonly Pick<Cell, "verdict">[]): Record<CellVerdict, number> {
  const summary = Object.fromEntries(CELL_VERDICTS.map((verdict) => [verdict, 0])) as Record<CellVerdict, number>;
  for (const { verdict } of cells) summary[verdict] += 1;
  return summary;
}

/**
 * Whether nothing explains why a cell is not right: they do not talk, a part was not done, or a MUST was broken that
 * neither the matrix file nor the known failures of the target list. With `strict` every finding counts, and what could
 * not be tried.
 */
export function isUnexpected(cell: Cell, strict: boolean): boolean {
  if (cell.known !== undefined) return false;
  if (cell.verdict === "unavailable") return strict;
  if (cell.verdict === "no-talk") return true;
  if (cell.verdict !== "findings") return false;
  return cell.parts.some(
    ({ verdict, findings }) =>
      verdict === "no-talk" || findings.some(({ fails, known }) => known === undefined && (fails || strict)),
  );
}
