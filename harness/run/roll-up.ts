/** From verdicts of cases to the summary and to verdicts of requirements. */
import type { Catalogue } from "../judge/catalogue.ts";
import type { Judgement } from "../judge/judge.ts";
import { fails, levelFor } from "../judge/level.ts";
import type { Verdict } from "../judge/types.ts";
import type { CaseResult, RequirementResult, Results } from "./results.ts";

export function summarise(cases: readonly CaseResult[]): Results["summary"] {
  const summary: Record<Verdict, number> = { pass: 0, warn: 0, fail: 0, inconc: 0, "n/a": 0, error: 0 };
  for (const one of cases) summary[one.verdict] += 1;
  return summary;
}

/** What passive checks saw, beside what cases cover: requirement to case ids where it held or was broken. */
export type Observed = ReadonlyMap<string, Judgement["outcomes"]>;

/**
 * The verdict on each requirement that some case covers or some transcript showed: broken anywhere it is
 * `fail` (or `warn`, by its level and basis); seen and right it is `pass`; else what its cases came to: `pass` where
 * one passed that provokes what the requirement is about.
 */
export function rollUp(
  cases: readonly CaseResult[],
  observed: Observed,
  catalogue: Catalogue,
  policies: ReadonlySet<string>,
): RequirementResult[] {
  const byRequirement = new Map<string, CaseResult[]>();
  for (const one of cases) {
    const touched = new Set([...one.requirements, ...(observed.get(one.id)?.keys() ?? [])]);
    for (const id of touched) {
      const touching = byRequirement.get(id);
      if (touching) touching.push(one);
      else byRequirement.set(id, [one]);
    }
  }
  return catalogue.all
    .filter((row) => byRequirement.has(row.id))
    .map((row) => {
      const touching = byRequirement.get(row.id) ?? [];
      const outcomes = touching.map((one) => observed.get(one.id)?.get(row.id));
      return {
        id: row.id,
        level: levelFor(row, policies),
        basis: row.basis,
        source: row.source,
        verdict: verdictOf(touching, outcomes, fails(row, policies)),
        cases: touching.map((one) => one.id),
      };
    });
}

function verdictOf(touching: readonly CaseResult[], outcomes: readonly (string | undefined)[], must: boolean): Verdict {
  if (outcomes.includes("broken")) return must ? "fail" : "warn";
  const verdicts = touching.map((one) => one.verdict);
  if (verdicts.includes("error") && !outcomes.includes("held")) return "error";
  if (outcomes.includes("unseen") && !outcomes.includes("held")) return "inconc";
  if (outcomes.includes("held")) return "pass";
  if (verdicts.every((verdict) => verdict === "n/a")) return "n/a";
  return verdicts.includes("pass") ? "pass" : "inconc";
}
