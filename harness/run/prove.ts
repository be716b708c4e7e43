/** The proof: every mutant must be caught, on its own requirement; by as many processes as there are cores. */
import path from "node:path";
import { loadRealBugs } from "../mutant/real-bugs.ts";
import type { Mutant } from "../mutant/types.ts";
import { piecesOf, processesFor, startFellow } from "./fellow.ts";
import { fixturesFolder } from "./package-root.ts";
import type { Plan } from "./plan.ts";
import { type ProveOptions, planProof, proveSubjects, roleOf } from "./prove-subjects.ts";
import { realBugsOf } from "./real-bugs.ts";
import type { MutantResult, ProveResults } from "./results.ts";

export type { ProveOptions } from "./prove-subjects.ts";

/** What a fellow process is given. */
export interface ProofWork {
  readonly options: Omit<ProveOptions, "signal" | "onEvent">;
}

/** Fewer mutants than these are proved before another process is ready. */
const mutantsWorthAProcess = 20;

/** Mutants that a process is given together. */
const mutantsAtOnce = 4;

/** @throws UsageError when `only` matches no mutant or a mutant names a requirement that the catalogue lacks */
export async function prove(options: ProveOptions): Promise<ProveResults> {
  const plan = planProof(options);
  const results: MutantResult[] = [];
  const report = (result: MutantResult): void => {
    results.push(result);
    options.onEvent?.({ type: "mutant", result, done: results.length, planned: plan.subjects.length });
  };
  // A target that cannot be had twice is proved on by one process.
  const isSingle = options.target !== undefined && !("builtIn" in options.target.reach);
  const of = isSingle ? 1 : processesFor(plan.subjects.length, mutantsWorthAProcess, options.jobs);
  const mine = { ...options, ...(options.jobs === undefined ? {} : { jobs: Math.ceil(options.jobs / of) }) };
  const { signal, onEvent, ...plain } = mine;
  const pieces = piecesOf([...plan.subjects.keys()], () => signal?.aborted === true);
  const fellows = Array.from({ length: of - 1 }, () => {
    const work: ProofWork = { options: plain };
    const supply = { pieces, atOnce: mutantsAtOnce };
    return startFellow(new URL("./prove-process.js", import.meta.url), work, supply, report, signal);
  });
  await Promise.all([proveSubjects(plan, pieces, mine, report), ...fellows]);
  return finish(results, plan.mutants, plan.made, signal?.aborted !== true, options);
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
    ...(whole
      ? { realBugs: realBugsOf(loadRealBugs(path.join(fixturesFolder(), "real-bugs.yaml")), results, roleOf(options)) }
      : {}),
  };
}

/** MUST-level requirements that some case claims to cover. */
function coveredMusts(made: Plan): string[] {
  const covered = new Set(made.all.flatMap((one) => one.requirements));
  return made.catalogue.all
    .filter((row) => covered.has(row.id) && row.level.startsWith("MUST") && row.basis !== "policy")
    .map((row) => row.id);
}
