import type { Finding, Level } from "../harness/judge/types.ts";
import type { CaseResult, Results } from "../harness/run/results.ts";
import { groupBy } from "./text.ts";

/** All findings on one requirement. `note`: it decided no verdict (a MAY, or a policy of this suite). */
export interface Breach {
  readonly requirement: string;
  readonly level: Level;
  readonly clause: string;
  readonly weight: "fail" | "warn" | "note";
  readonly findings: readonly { readonly finding: Finding; readonly result: CaseResult }[];
  /** Cases with such a finding, each once. */
  readonly cases: readonly CaseResult[];
}

const WEIGHTS = ["fail", "warn", "note"] as const;

/** Findings of the given cases by requirement: what fails first, then by id. */
export function breaches(results: Results, cases: readonly CaseResult[]): Breach[] {
  const policy = new Set(results.requirements.filter(({ basis }) => basis === "policy").map(({ id }) => id));
  const all = cases.flatMap((result) => result.findings.map((finding) => ({ finding, result })));
  const groups = [...groupBy(all, ({ finding }) => finding.requirement)].map(([requirement, findings]) => {
    const { level, clause } = (findings[0] as (typeof findings)[number]).finding;
    const touched = [...new Set(findings.map(({ result }) => result))];
    const weight = weightOf(level, policy.has(requirement), touched);
    return { requirement, level, clause, weight, findings, cases: touched };
  });
  return groups.sort(
    (a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight) || a.requirement.localeCompare(b.requirement, "en"),
  );
}

function weightOf(level: Level, policy: boolean, cases: readonly CaseResult[]): Breach["weight"] {
  const failing = cases.some(({ verdict }) => verdict === "fail");
  if (level.startsWith("MUST") && failing) return "fail";
  const warning = failing || cases.some(({ verdict }) => verdict === "warn");
  return level !== "MAY" && !policy && warning ? "warn" : "note";
}
