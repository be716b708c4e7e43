/** The proof: every mutant behind the proxy, judged by the cases that claim its requirement. */
import path from "node:path";
import { loadMutants } from "../mutant/load.ts";
import { startMutant } from "../mutant/proxy.ts";
import { loadRealBugs } from "../mutant/real-bugs.ts";
import type { Mutant } from "../mutant/types.ts";
import { findTarget } from "../target/file.ts";
import { startTarget } from "../target/start.ts";
import type { RunningTarget, TargetFile } from "../target/types.ts";
import { dialectNames } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { UsageError } from "./errors.ts";
import { judgeTarget } from "./judge-target.ts";
import { type Judging, startJudging } from "./judging.ts";
import { fixturesFolder, requirementsFolder } from "./package-root.ts";
import { caseMatcher } from "./pattern.ts";
import { makePlan, type Plan } from "./plan.ts";
import { runPool } from "./pool.ts";
import { realBugsOf } from "./real-bugs.ts";
import type { CaseResult, MutantResult, ProveResults } from "./results.ts";

export interface ProveOptions {
  /** The conforming peer that is mutated; default the reference. */
  readonly target?: TargetFile;
  /** Folder of mutants in place of our own. */
  readonly mutants?: string;
  /** Globs of mutant ids. */
  readonly only?: readonly string[];
  readonly dialects?: readonly DialectName[];
  /** Mutants at the same time. */
  readonly jobs?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: {
    readonly type: "mutant";
    readonly result: MutantResult;
    readonly done: number;
    readonly planned: number;
  }) => void;
}

interface Subject {
  readonly mutant: Mutant;
  readonly dialect: DialectName;
}

/** @throws UsageError when `only` matches no mutant or a mutant names a requirement that the catalogue lacks */
export async function prove(options: ProveOptions): Promise<ProveResults> {
  const made = makePlan({ dialects: options.dialects ?? dialectNames });
  const mutants = selectedMutants(options, made);
  const subjects = subjectsOf(mutants, options.dialects);
  const jobs = options.jobs ?? 3;
  const targets = await startTargets(options.target ?? findTarget("reference"), Math.min(jobs, subjects.length));
  const judging = startJudging(made.catalogue, requirementsFolder());
  const free = [...targets];
  const results: MutantResult[] = [];
  const stopped = () => options.signal?.aborted === true;
  try {
    await runPool(
      subjects,
      jobs,
      () => false,
      async (subject) => {
        const target = free.pop() ?? (targets[0] as RunningTarget);
        const result = await proveOne(subject, target, made, options, judging);
        free.push(target);
        if (stopped()) return;
        results.push(result);
        options.onEvent?.({ type: "mutant", result, done: results.length, planned: subjects.length });
      },
      stopped,
    );
  } finally {
    await Promise.all([judging.close(), ...targets.map((target) => target.stop())]);
  }
  return finish(results, mutants, made, !stopped(), options);
}

/**
 * A mutant is proved in each dialect asked for; when none is, in one of its own, another for each mutant in
 * turn: a rule of NETCONF is broken in the same way under all of them, and every dialect is exercised.
 */
function subjectsOf(mutants: readonly Mutant[], dialects: readonly DialectName[] | undefined): Subject[] {
  return mutants.flatMap((mutant, index) => {
    const own = mutant.dialects.filter((dialect) => dialects === undefined || dialects.includes(dialect));
    const chosen = dialects === undefined ? own.slice(index % own.length, (index % own.length) + 1) : own;
    return chosen.map((dialect) => ({ mutant, dialect }));
  });
}

/**
 * One target for each mutant that is proved at a time, where it can be started more than once: cases that lock the
 * datastore or reset the log are alone only within the run of their own mutant.
 */
async function startTargets(file: TargetFile, wanted: number): Promise<RunningTarget[]> {
  const copies = "builtIn" in file.reach || "process" in file.reach ? Math.max(1, wanted) : 1;
  return Promise.all(Array.from({ length: copies }, () => startTarget(file, {})));
}

function selectedMutants(options: ProveOptions, made: Plan): readonly Mutant[] {
  const all = loadMutants(options.mutants ?? path.join(fixturesFolder(), "mutants"));
  for (const mutant of all)
    if (!made.catalogue.has(mutant.requirement))
      throw new UsageError(`mutant ${mutant.id}: requirement ${mutant.requirement} is not in the catalogue`);
  if (options.only === undefined || options.only.length === 0) return all;
  return options.only.flatMap((pattern) => {
    const matches = caseMatcher(pattern);
    const found = all.filter((mutant) => matches(mutant.id));
    if (found.length === 0) throw new UsageError(`${pattern} matches no mutant`);
    return found;
  });
}

async function proveOne(
  { mutant, dialect }: Subject,
  upstream: RunningTarget,
  made: Plan,
  options: ProveOptions,
  judging: Judging,
): Promise<MutantResult> {
  const proxy = await startMutant(mutant, { host: upstream.host, port: upstream.port }, dialect, options.seed ?? 1);
  const target: RunningTarget = {
    ...upstream,
    host: "127.0.0.1",
    port: proxy.port,
    file: { ...upstream.file, claims: { ...upstream.file.claims, dialects: [dialect] } },
    stop: async () => undefined,
  };
  try {
    const how = { target: target.file, jobs: 4, seed: options.seed ?? 1 };
    const signal = options.signal ? { signal: options.signal } : {};
    const results = await judgeTarget(target, planFor(mutant, dialect, made), { ...how, ...signal }, judging);
    return verdictOn(mutant, dialect, results.cases);
  } finally {
    await proxy.close();
  }
}

/** The cases that claim the requirement, those the fixture hints at, and the controls. */
function planFor(mutant: Mutant, dialect: DialectName, made: Plan): Plan {
  const all = made.all.filter((one) => one.dialect === dialect);
  const hints = (mutant.cases ?? []).map(caseMatcher);
  const cases = all.filter(
    (one) =>
      one.scenario.control !== undefined ||
      one.requirements.includes(mutant.requirement) ||
      hints.some((matches) => matches(one.id)),
  );
  return { catalogue: made.catalogue, all, cases };
}

function verdictOn(mutant: Mutant, dialect: DialectName, cases: readonly CaseResult[]): MutantResult {
  const killers = cases.filter((one) => one.findings.some((finding) => finding.requirement === mutant.requirement));
  const charged = [...new Set(cases.flatMap((one) => one.findings.map((finding) => finding.requirement)))];
  const base = { id: mutant.id, requirement: mutant.requirement, role: mutant.role, dialect };
  if (killers.length > 0) return { ...base, killedBy: killers.map((one) => one.id), attributed: true };
  const others = cases.filter((one) => one.findings.length > 0).map((one) => one.id);
  return { ...base, killedBy: others, attributed: false, ...(charged.length > 0 ? { charged } : {}) };
}

function finish(
  results: readonly MutantResult[],
  mutants: readonly Mutant[],
  made: Plan,
  complete: boolean,
  options: ProveOptions,
): ProveResults {
  const proved = new Set(mutants.map((mutant) => mutant.requirement));
  const narrowed = options.only !== undefined && options.only.length > 0;
  const whole = !narrowed && options.dialects === undefined && options.mutants === undefined;
  const without = narrowed ? [] : coveredMusts(made).filter((id) => !proved.has(id));
  const survived = results.filter((one) => one.killedBy.length === 0).length;
  const misattributed = results.filter((one) => one.killedBy.length > 0 && !one.attributed).length;
  const order = new Map(mutants.map((mutant, index) => [mutant.id, index]));
  return {
    schema: "ncwspec-prove/1",
    complete,
    summary: {
      mutants: results.length,
      killed: results.length - survived - misattributed,
      survived,
      misattributed,
      requirementsWithoutMutant: without.length,
    },
    mutants: [...results].sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
    requirementsWithoutMutant: without,
    ...(whole ? { realBugs: realBugsOf(loadRealBugs(path.join(fixturesFolder(), "real-bugs.yaml")), results) } : {}),
  };
}

/** MUST-level requirements that some case claims to cover. */
function coveredMusts(made: Plan): string[] {
  const covered = new Set(made.all.flatMap((one) => one.requirements));
  return made.catalogue.all
    .filter((row) => covered.has(row.id) && row.level.startsWith("MUST") && row.basis !== "policy")
    .map((row) => row.id);
}
