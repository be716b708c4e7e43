import type { Verdict } from "../harness/judge/types.ts";
import { type CaseResult, type Results, VERDICTS } from "../harness/run/results.ts";
import { groupBy } from "./text.ts";

/** Verdicts of the cases of one suite in one dialect. */
export interface Tally {
  readonly dialect: string;
  readonly suite: string;
  readonly cases: readonly CaseResult[];
  readonly verdicts: Readonly<Record<Verdict, number>>;
}

const DIALECTS = ["rfc6455", "hybi-06", "hybi-00"];

/** Verdicts by number. */
export function tally(cases: readonly CaseResult[]): Record<Verdict, number> {
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of cases) verdicts[verdict] += 1;
  return verdicts;
}

/** One row for each dialect and suite, newest dialect first. */
export function tallies(results: Results): Tally[] {
  const rows = [...groupBy(results.cases, ({ dialect, suite }) => `${dialect} ${suite}`).values()].map((cases) => {
    const { dialect, suite } = cases[0] as CaseResult;
    return { dialect, suite, cases, verdicts: tally(cases) };
  });
  return rows.sort(
    (a, b) => DIALECTS.indexOf(a.dialect) - DIALECTS.indexOf(b.dialect) || a.suite.localeCompare(b.suite, "en"),
  );
}

/** `31 pass, 2 fail`; verdicts that did not occur are left out. */
export function sentence(verdicts: Readonly<Record<Verdict, number>>): string {
  const parts = VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) => `${verdicts[verdict]} ${verdict}`);
  return parts.join(", ") || "no cases";
}
