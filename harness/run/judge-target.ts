/** Judging a target that is up: controls, pool, roll-up. Planned = executed = judged. */
import { interrupted } from "../scenario/drive.ts";
import type { Case } from "../scenario/types.ts";
import type { RunningTarget, TargetFile } from "../target/types.ts";
import { dialects as allDialects, dialectNames } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { type ControlOutcome, runControls } from "./controls.ts";
import { type ExecuteContext, type Executed, execute, withheld } from "./execute.ts";
import type { Judging } from "./judging.ts";
import { applyKnown, type KnownFailures } from "./known.ts";
import { unmetNeed } from "./needs.ts";
import { packageVersion } from "./package-root.ts";
import type { Plan, Selection } from "./plan.ts";
import { runPool } from "./pool.ts";
import type { CaseResult, Results } from "./results.ts";
import { rollUp, summarise } from "./roll-up.ts";

export interface RunOptions extends Selection {
  readonly target: TargetFile;
  /** The word that named the target on the command line, for the rerun commands. */
  readonly targetWord?: string;
  /** Cases at the same time; the target's own limit is never exceeded. */
  readonly jobs?: number;
  /** Multiplies every deadline. */
  readonly timeScale?: number;
  readonly seed?: number;
  /** Stop after that many failing cases. */
  readonly bail?: number;
  readonly known?: KnownFailures;
  /** Folder for transcripts; none are kept without it. */
  readonly out?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

export type RunEvent =
  | { readonly type: "planned"; readonly count: number }
  | {
      readonly type: "case";
      readonly result: CaseResult;
      readonly done: number;
      readonly planned: number;
      readonly failing: number;
    }
  | { readonly type: "note"; readonly line: string };

const defaultJobs = 8;

/** The run against a target that is up; also what `prove` runs behind each mutant. */
export async function judgeTarget(
  target: RunningTarget,
  made: Plan,
  options: RunOptions,
  judging: Judging,
): Promise<Results> {
  const started = new Date();
  const clock = performance.now();
  const state = newState(made.cases.length, options);
  const context = contextOf(target, options, judging);
  let index = 0;
  const nextIndex = () => index++;
  const jobs = Math.min(options.jobs ?? defaultJobs, target.file.claims.limits.jobs ?? Number.POSITIVE_INFINITY);
  const outcomes: ControlOutcome[] = [];
  const control = async (dialect: DialectName): Promise<void> => {
    const controls = made.all.filter((one) => one.dialect === dialect && one.scenario.control !== undefined);
    const needs = (facts: ControlOutcome["facts"]) => ({
      file: target.file,
      target,
      dialect: allDialects[dialect],
      facts,
    });
    outcomes.push(await runControls(dialect, controls, context, needs, nextIndex));
  };
  await runPool(
    usedDialects(made, target.file),
    jobs,
    () => false,
    control,
    () => false,
  );
  const byDialect = new Map(outcomes.map((outcome) => [outcome.dialect, outcome]));
  const claimed = claimedDialects(target.file, options, outcomes);
  const work = async (one: Case): Promise<void> => {
    const outcome = byDialect.get(one.dialect);
    const executed = await decide(one, outcome, claimed, target, context, nextIndex);
    state.add(one, executed);
  };
  await runPool(
    made.cases,
    jobs,
    (one) => one.scenario.exclusive,
    work,
    () => state.stopped(),
  );
  return finish(state, outcomes, claimed, {
    target,
    made,
    options,
    context,
    startedAt: started.toISOString(),
    durationMs: Math.round(performance.now() - clock),
  });
}

/** Those of the plan, without what the target says it does not have. */
function usedDialects(made: Plan, { claims }: TargetFile): DialectName[] {
  const planned = dialectNames.filter((dialect) => made.cases.some((one) => one.dialect === dialect));
  return planned.filter((dialect) => claims.dialects === undefined || claims.dialects.includes(dialect));
}

/**
 * The dialects that are judged: those of the target file or of `--dialect`; for a bare URL those whose
 * opening handshake got a 101, and when none did, RFC 6455, so that the run says why.
 */
function claimedDialects(
  file: TargetFile,
  options: RunOptions,
  outcomes: readonly ControlOutcome[],
): ReadonlySet<DialectName> {
  if (file.claims.dialects) return new Set(file.claims.dialects);
  if (options.dialects && options.dialects.length < dialectNames.length) return new Set(options.dialects);
  const upgraded = outcomes.filter((outcome) => outcome.upgraded).map((outcome) => outcome.dialect);
  return new Set(upgraded.length > 0 ? upgraded : ["rfc6455"]);
}

/** Runs a case, or says why not: not claimed is `n/a`, resting on a control that failed is `inconc`. */
async function decide(
  one: Case,
  outcome: ControlOutcome | undefined,
  claimed: ReadonlySet<DialectName>,
  target: RunningTarget,
  context: ExecuteContext,
  index: () => number,
): Promise<Executed> {
  const not = (verdict: "n/a" | "inconc", reason: string): Executed => ({
    result: withheld(one, verdict, reason, context),
    through: false,
  });
  if (!outcome || !claimed.has(one.dialect)) return not("n/a", `the target does not claim ${one.dialect}`);
  const control = outcome.executed.get(one.id);
  if (control) return control;
  if (context.flooded.length >= floodLimit)
    return not("inconc", "the target sends without end: connections had to be given up");
  const blocker = one.scenario.rests.find((name) => outcome.failed.has(name));
  if (blocker !== undefined && blocker !== "event" && blocker !== "replay")
    return not("inconc", outcome.failed.get(blocker) as string);
  const unmet = unmetNeed(one.scenario.needs, {
    file: target.file,
    target,
    dialect: allDialects[one.dialect],
    facts: outcome.facts,
  });
  if (unmet !== undefined) return not("n/a", `the target does not claim ${unmet}`);
  if (blocker !== undefined) return not("inconc", outcome.failed.get(blocker) as string);
  return execute(one, index(), outcome.facts, context);
}

/** So many connections of a target that never stops sending are read to the limit; then it has been shown. */
const floodLimit = 3;

function contextOf(target: RunningTarget, options: RunOptions, judging: Judging): ExecuteContext {
  const word = options.targetWord ?? target.file.name;
  const policies = target.file.claims.settings["policies"];
  return {
    target,
    judging,
    flooded: [],
    seed: options.seed ?? 1,
    runTag: Date.now().toString(36),
    ...(options.out === undefined ? {} : { out: options.out }),
    rerun: (id) => `ncwspec run ${word} --case '${id}'${options.seed === undefined ? "" : ` --seed ${options.seed}`}`,
    signal: options.signal ?? new AbortController().signal,
    policies: new Set(Array.isArray(policies) ? policies.map(String) : []),
  };
}

interface State {
  readonly results: CaseResult[];
  readonly observed: Map<string, NonNullable<Executed["judgement"]>["outcomes"]>;
  add(one: Case, executed: Executed): void;
  stopped(): boolean;
  reason(): string | undefined;
}

function newState(planned: number, options: RunOptions): State {
  const results: CaseResult[] = [];
  const observed: State["observed"] = new Map();
  let failing = 0;
  return {
    results,
    observed,
    add(one, { result, judgement }) {
      if (options.signal?.aborted && result.reason === interrupted) return;
      results.push(result);
      if (judgement) observed.set(one.id, judgement.outcomes);
      if (result.verdict === "fail" || result.verdict === "error") failing += 1;
      options.onEvent?.({ type: "case", result, done: results.length, planned, failing });
    },
    stopped: () => options.signal?.aborted === true || (options.bail !== undefined && failing >= options.bail),
    reason() {
      if (options.signal?.aborted) return interrupted;
      return results.length < planned ? `stopped after ${failing} failing cases (--bail)` : undefined;
    },
  };
}

interface Ending {
  readonly target: RunningTarget;
  readonly made: Plan;
  readonly options: RunOptions;
  readonly context: ExecuteContext;
  readonly startedAt: string;
  readonly durationMs: number;
}

function finish(
  state: State,
  outcomes: readonly ControlOutcome[],
  claimed: ReadonlySet<DialectName>,
  ending: Ending,
): Results {
  const { made, options, target } = ending;
  const order = new Map(made.cases.map((one, index) => [one.id, index]));
  const cases = [...state.results].sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  const reason = state.reason();
  const capabilities = [...new Set(outcomes.flatMap((outcome) => outcome.facts.capabilities))];
  const results: Results = {
    schema: "ncwspec-results/1",
    complete: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    tool: { name: "ncwspec", version: packageVersion() },
    seed: options.seed ?? 1,
    target: {
      name: target.file.name,
      role: target.file.role,
      reach: target.reach,
      observed: {
        capabilities,
        dialects: outcomes
          .filter((outcome) => outcome.upgraded && claimed.has(outcome.dialect))
          .map((outcome) => outcome.dialect),
      },
    },
    startedAt: ending.startedAt,
    durationMs: ending.durationMs,
    planned: made.cases.length,
    summary: summarise(cases),
    cases,
    requirements: rollUp(cases, state.observed, made.catalogue, ending.context.policies),
  };
  return options.known ? applyKnown(results, options.known).results : results;
}
