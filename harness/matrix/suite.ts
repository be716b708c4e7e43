/** Suite × target: a run of the suite, read as the cells of a matrix. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run/index.ts";
import { applyKnown, type KnownFailures, loadKnown } from "../run/known.ts";
import type { CaseResult, Results } from "../run/results.ts";
import { summarise } from "../run/roll-up.ts";
import type { TargetFile } from "../target/types.ts";
import type { DialectName, End } from "../wire/types.ts";
import type { Areas } from "./file.ts";
import type { CellPart, CellVerdict, PairFinding } from "./results.ts";

/** The known failures that lie beside a target file. */
export function knownOf(file: TargetFile): KnownFailures | undefined {
  const path = join(file.folder, "known.yaml");
  return "process" in file.reach && existsSync(path) ? loadKnown(path) : undefined;
}

/** Why breaches of a requirement by that target are expected, whatever the case. */
export function knownReasons(known: KnownFailures | undefined): (requirement: string) => string | undefined {
  const reasons = new Map(known?.entries.map(({ requirement, reason }) => [requirement, reason]));
  return (requirement) => reasons.get(requirement);
}

export interface SuiteRun {
  readonly file: TargetFile;
  readonly word: string;
  readonly dialects: readonly DialectName[];
  readonly areas: Areas;
  readonly jobs: number;
  readonly timeScale: number;
  readonly signal: AbortSignal;
}

/** Judges the target with the suite. @throws what `run` throws */
export async function runSuite(asked: SuiteRun): Promise<Results> {
  const { file, word, areas, ...options } = asked;
  const results = await run({
    ...options,
    target: file,
    targetWord: word,
    ...(areas === "all" ? {} : { suites: areas }),
  });
  const known = knownOf(file);
  return known ? applyKnown(results, known).results : results;
}

/** The parts of the cell of one dialect, one for each area of the suite. */
export function suiteParts(results: Results, dialect: DialectName): CellPart[] {
  const own = results.cases.filter((one) => one.dialect === dialect);
  return [...new Set(own.map(({ suite }) => suite))].map((suite) =>
    partOf(
      suite,
      own.filter((one) => one.suite === suite),
      results.target.role,
    ),
  );
}

function partOf(suite: string, cases: readonly CaseResult[], end: End): CellPart {
  const first = (verdict: CaseResult["verdict"]) => cases.find((one) => one.verdict === verdict)?.reason;
  const has = (...verdicts: CaseResult["verdict"][]) => cases.some(({ verdict }) => verdicts.includes(verdict));
  const told: [CellVerdict, (string | undefined)?] = has("error")
    ? ["error", first("error")]
    : has("fail", "warn")
      ? ["findings"]
      : has("pass")
        ? ["talk"]
        : has("inconc")
          ? ["unavailable", first("inconc")]
          : ["not-common", first("n/a")];
  const [verdict, reason] = told;
  return {
    name: suite,
    area: suite.replace(/^client-/, ""),
    title: `${cases.length} cases of the suite`,
    verdict,
    ...(reason === undefined ? {} : { reason }),
    durationMs: Math.round(cases.reduce((sum, one) => sum + one.durationMs, 0)),
    findings: findingsOf(cases, end),
    cases: summarise(cases),
  };
}

/** A requirement once for each message, however many cases have it. */
function findingsOf(cases: readonly CaseResult[], end: End): PairFinding[] {
  const found = new Map<string, PairFinding>();
  for (const { verdict, findings, known } of cases)
    for (const finding of findings) {
      const key = `${finding.requirement} ${finding.message}`;
      const fails = verdict === "fail" && finding.level.startsWith("MUST");
      const before = found.get(key);
      if (before && (before.known === undefined || known !== undefined)) continue;
      found.set(key, { ...finding, end, fails, ...(known === undefined ? {} : { known: known.reason }) });
    }
  return [...found.values()];
}
