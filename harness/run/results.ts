/** The results file, `ncwspec-results/1`: the one source of every report (design §4). */
import type { Basis, Finding, Level, Role, Verdict } from "../judge/types.ts";
import type { DialectName } from "../wire/types.ts";

export interface CaseResult {
  readonly id: string;
  readonly scenario: string;
  readonly suite: string;
  readonly dialect: DialectName;
  readonly role: Role;
  readonly title: string;
  readonly verdict: Verdict;
  /** Requirements the case covers, and those its passive checks observed. */
  readonly requirements: readonly string[];
  readonly durationMs: number;
  /** Path below the output folder; absent when no transcript was written. */
  readonly transcript?: string;
  readonly findings: readonly Finding[];
  /** For inconc, n/a and error: why. */
  readonly reason?: string;
  readonly rerun: string;
  /** Set when the case is listed in the known-failures file. */
  readonly known?: { readonly reason: string; readonly issue?: string; readonly since?: string };
}

export interface RequirementResult {
  readonly id: string;
  readonly level: Level;
  readonly basis: Basis;
  readonly source: string;
  readonly verdict: Verdict;
  readonly cases: readonly string[];
}

export interface Results {
  readonly schema: "ncwspec-results/1";
  readonly complete: boolean;
  /** Why it was cut short; absent when complete. */
  readonly reason?: string;
  readonly tool: { readonly name: "ncwspec"; readonly version: string };
  readonly seed: number;
  readonly target: {
    readonly name: string;
    readonly role: Role;
    readonly reach: string;
    readonly observed: { readonly capabilities: readonly string[]; readonly dialects: readonly DialectName[] };
  };
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly planned: number;
  readonly summary: Readonly<Record<Verdict, number>>;
  readonly cases: readonly CaseResult[];
  readonly requirements: readonly RequirementResult[];
}

/** Verdicts in the order in which reports list them, the ones that want attention last. */
export const VERDICTS: readonly Verdict[] = ["pass", "warn", "fail", "inconc", "n/a", "error"];

/**
 * Whether a case makes the run non-conforming: a `fail`, with `strict` also a `warn` or `inconc`, that the
 * known-failures file does not list.
 */
export function isUnexpected(result: CaseResult, strict: boolean): boolean {
  if (result.known !== undefined) return false;
  return result.verdict === "fail" || (strict && (result.verdict === "warn" || result.verdict === "inconc"));
}

export interface MutantResult {
  readonly id: string;
  readonly requirement: string;
  readonly role: Role;
  readonly dialect: DialectName;
  readonly killedBy: readonly string[];
  /** A finding was made on the mutant's own requirement. */
  readonly attributed: boolean;
  /** What was charged instead, when misattributed. */
  readonly charged?: readonly string[];
}

/** What became of a bug that shipped: of its mutants in this proof, or why it has none. */
export interface RealBugResult {
  readonly id: string;
  /** The party at fault. */
  readonly role: Role | "proxy";
  readonly area: string;
  readonly statement: string;
  /** `survived`: none of its mutants was killed. `uncovered`: a peer can see it, but no case does. `unseen`: no peer can. */
  readonly state: "killed" | "survived" | "uncovered" | "unseen";
  readonly mutants: readonly string[];
  /** For uncovered and unseen: why. */
  readonly reason?: string;
}

export interface RealBugs {
  readonly killed: number;
  /** All but the unseen. */
  readonly visible: number;
  readonly unseen: number;
  readonly survived: number;
  readonly uncovered: number;
  readonly bugs: readonly RealBugResult[];
}

export interface ProveResults {
  readonly schema: "ncwspec-prove/1";
  readonly complete: boolean;
  readonly summary: {
    readonly mutants: number;
    readonly killed: number;
    readonly survived: number;
    readonly misattributed: number;
    readonly requirementsWithoutMutant: number;
  };
  readonly mutants: readonly MutantResult[];
  readonly requirementsWithoutMutant: readonly string[];
  /** Only where all our own mutants were to be run; a part of them tells nothing about the bugs. */
  readonly realBugs?: RealBugs;
}
