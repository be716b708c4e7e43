/** What covers each requirement: the cases that claim it and the mutants that break it, or why there is no case. */
import type { Requirement } from "../judge/types.ts";
import type { Mutant } from "../mutant/types.ts";
import type { Case } from "../scenario/types.ts";

export interface Coverage {
  /** `open`: it has neither a case nor a reason. */
  readonly state: "covered" | "uncovered" | "untestable" | "open";
  readonly cases: readonly string[];
  readonly mutants: readonly string[];
  /** Why it has no case. */
  readonly reason?: string;
}

const clientOnly = "It binds clients, and no case judges it yet.";

/** Coverage by requirement id. A row that binds both ends is covered by a case that judges either. */
export function coverageOf(
  rows: readonly Requirement[],
  cases: readonly Pick<Case, "id" | "requirements">[],
  mutants: readonly Pick<Mutant, "id" | "requirement">[],
): ReadonlyMap<string, Coverage> {
  const claimed = idsBy(cases.flatMap(({ id, requirements }) => requirements.map((of) => ({ id, of }))));
  const broken = idsBy(mutants.map(({ id, requirement }) => ({ id, of: requirement })));
  return new Map(rows.map((row) => [row.id, of(row, claimed.get(row.id) ?? [], broken.get(row.id) ?? [])]));
}

function idsBy(pairs: readonly { readonly id: string; readonly of: string }[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, of } of pairs) {
    const known = found.get(of);
    if (known) known.push(id);
    else found.set(of, [id]);
  }
  return found;
}

function of(row: Requirement, cases: readonly string[], mutants: readonly string[]): Coverage {
  if (cases.length > 0) return { state: "covered", cases, mutants };
  if (row.untestable !== undefined) return { state: "untestable", cases, mutants, reason: row.untestable };
  const reason = row.uncovered ?? (row.role === "client" ? clientOnly : undefined);
  return reason === undefined ? { state: "open", cases, mutants } : { state: "uncovered", cases, mutants, reason };
}
