/** Judging a target that is up: controls, pool, roll-up. Planned = executed = judged. */

import type { Catalogue } from "../judge/catalogue.ts";
import type { Judgement } from "../judge/judge.ts";
import { interrupted } from "../scenario/drive.ts";
import type { Case } from "../scenario/types.ts";
import type { RunningTarget, TargetFile } from "../target/types.ts";
import type { Way } from "../target/way.ts";
import { dialects as allDialects, dialectNames } from "../wire/index.ts";
import type { DialectName } from "../wire/types.ts";
import { type ControlOutcome, runControls } from "./controls.ts";
import { TargetUnreachable } from "./errors.ts";
import { type ExecuteContext, type Executed, execute, withheld } from "./execute.ts";
import type { Judging } from "./judging.ts";
import { applyKnown, type KnownFailures } from "./known.ts";
import { unmetNeed } from "./needs.ts";
import { packageVersion } from "./package-root.ts";
import type { Plan, Selection } from "./plan.ts";
import { policiesOf } from "./policies.ts";
import { runPool } from "./pool.ts";
import type { CaseResult, Results } from "./results.ts";
import { rollUp, summarise } from "./roll-up.ts";

export interface RunOptions extends Selection {
  readonly target: TargetFile;
  /** The words that named the target on the command line, for the rerun commands: those before the other options, and those behind. */
  readonly targetWord?: string;
  readonly trailingWords?: string;
  /** Opens the place where a client has to come to in a case; absent: a free port of 127.0.0.1. */
  readonly listen?: NonNullable<ExecuteContext["listen"]>;
  /** How the target is started; default: as a process where that can be, else in a container. */
  readonly reach?: Way;
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
  const gathered = gather(made, options);
  return gathered.results(target, await judgeCases(target, made, options, judging, gathered));
}

type Outcomes = Judgement["outcomes"];

/** Takes what came of each case, and says when enough is known. */
export interface Sink {
  /** @param outcomes what became of each requirement that was looked at, when the case was judged */
  add(one: Case, result: CaseResult, outcomes: Outcomes | undefined): void;
  stopped(): boolean;
}

/** What a run learnt about the target beside the verdicts. */
export interface Observed {
  readonly outcomes: readonly ControlOutcome[];
  readonly claimed: ReadonlySet<DialectName>;
}

/** Judges a case, on the target of the run or on another like it. */
export type JudgeOne = (one: Case, on?: RunningTarget) => Promise<void>;

/** Has cases judged, at most `jobs` at a time. */
export type Schedule = (judgeOne: JudgeOne, jobs: number) => Promise<void>;

/** All cases of the plan; those that are exclusive alone, behind the others. */
export function wholePlan({ cases }: Plan, sink: Sink): Schedule {
  const isExclusive = (one: Case) => one.scenario.exclusive;
  return (judgeOne, jobs) => runPool(cases, jobs, isExclusive, (one) => judgeOne(one), sink.stopped);
}

/** Controls, then the cases. */
export async function judgeCases(
  target: RunningTarget,
  made: Plan,
  options: RunOptions,
  judging: Judging,
  sink: Sink,
  schedule: Schedule = wholePlan(made, sink),
): Promise<Observed> {
  const context = contextOf(target, options, judging, made.catalogue);
  let index = 0;
  const nextIndex = () => index++;
  const jobs = jobsFor(target.file, options.jobs);
  const outcomes = await controlsOf(target, made, context, jobs, nextIndex);
  checkReached(target.file, outcomes);
  const byDialect = new Map(outcomes.map((outcome) => [outcome.dialect, outcome]));
  const claimed = claimedDialects(target.file, options, outcomes);
  const judgeOne: JudgeOne = async (one, on = target) => {
    const outcome = byDialect.get(one.dialect);
    const { result, judgement } = await decide(one, outcome, claimed, on, { ...context, target: on }, nextIndex);
    sink.add(one, result, judgement?.outcomes);
  };
  await schedule(judgeOne, jobs);
  return { outcomes, claimed };
}

/** As many as asked for, else as the target says that it takes; never more than that. */
export function jobsFor({ claims: { limits } }: Pick<TargetFile, "claims">, asked: number | undefined): number {
  return Math.min(asked ?? limits.jobs ?? defaultJobs, limits.jobs ?? Number.POSITIVE_INFINITY);
}

async function controlsOf(
  target: RunningTarget,
  made: Plan,
  context: ExecuteContext,
  jobs: number,
  nextIndex: () => number,
): Promise<ControlOutcome[]> {
  const outcomes: ControlOutcome[] = [];
  const work = async (dialect: DialectName): Promise<void> => {
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
    work,
    () => false,
  );
  return outcomes;
}

/** @throws TargetUnreachable when a client came to none of the URLs that it was given, and did not say why */
function checkReached({ name, role }: TargetFile, outcomes: readonly ControlOutcome[]): void {
  const { unreached } = outcomes[0] ?? {};
  if (role !== "client" || unreached === undefined) return;
  if (outcomes.every((outcome) => outcome.unreached !== undefined))
    throw new TargetUnreachable(`${name}: ${unreached}; see NCWS_URL in "Client contract" of CONTRIBUTING.md`);
}

/** The oldest first; of clients the newest, since the first start of a command tells what it is. */
function usedDialects(made: Plan, { claims, role }: TargetFile): DialectName[] {
  const inOrder = role === "client" ? dialectNames.toReversed() : dialectNames;
  const planned = inOrder.filter((dialect) => made.cases.some((one) => one.dialect === dialect));
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
  const refused = outcomes.filter((outcome) => outcome.notImplemented).map((outcome) => outcome.dialect);
  const without = (dialects: readonly DialectName[]) => new Set(dialects.filter((one) => !refused.includes(one)));
  if (file.claims.dialects) return without(file.claims.dialects);
  if (options.dialects && options.dialects.length < dialectNames.length) return without(options.dialects);
  const upgraded = outcomes.filter((outcome) => outcome.upgraded).map((outcome) => outcome.dialect);
  return without(upgraded.length > 0 ? upgraded : ["rfc6455"]);
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

function contextOf(target: RunningTarget, options: RunOptions, judging: Judging, catalogue: Catalogue): ExecuteContext {
  const word = options.targetWord ?? target.file.name;
  const behind = options.trailingWords === undefined ? "" : ` ${options.trailingWords}`;
  return {
    target,
    judging,
    flooded: [],
    seed: options.seed ?? 1,
    runTag: Date.now().toString(36),
    ...(options.out === undefined ? {} : { out: options.out }),
    ...(options.listen ? { listen: options.listen } : {}),
    rerun: (id) =>
      `ncwspec run ${word} --case '${id}'${options.seed === undefined ? "" : ` --seed ${options.seed}`}${behind}`,
    signal: options.signal ?? new AbortController().signal,
    policies: policiesOf(target.file, catalogue),
  };
}

/** The results as they come, and what they add up to. */
export interface Gathering extends Sink {
  /** @param lost why cases are missing, when it was not the user who stopped the run */
  results(target: Pick<RunningTarget, "file" | "reach">, observed: Observed, lost?: string): Results;
}

export function gather(made: Plan, options: RunOptions): Gathering {
  const startedAt = new Date().toISOString();
  const clock = performance.now();
  const planned = made.cases.length;
  const cases: CaseResult[] = [];
  const looked = new Map<string, Outcomes>();
  let failing = 0;
  const reason = (): string | undefined => {
    if (options.signal?.aborted) return interrupted;
    return cases.length < planned ? `stopped after ${failing} failing cases (--bail)` : undefined;
  };
  return {
    add(one, result, outcomes) {
      if (options.signal?.aborted && result.reason === interrupted) return;
      cases.push(result);
      if (outcomes) looked.set(one.id, outcomes);
      if (result.verdict === "fail" || result.verdict === "error") failing += 1;
      options.onEvent?.({ type: "case", result, done: cases.length, planned, failing });
    },
    stopped: () => options.signal?.aborted === true || (options.bail !== undefined && failing >= options.bail),
    results(target, observed, lost) {
      const order = new Map(made.cases.map((one, index) => [one.id, index]));
      cases.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
      const cut = lost ?? reason();
      const results: Results = {
        schema: "ncwspec-results/1",
        complete: cut === undefined,
        ...(cut === undefined ? {} : { reason: cut }),
        tool: { name: "ncwspec", version: packageVersion() },
        seed: options.seed ?? 1,
        target: describeTarget(target, observed),
        startedAt,
        durationMs: Math.round(performance.now() - clock),
        planned,
        summary: summarise(cases),
        cases,
        requirements: rollUp(cases, looked, made.catalogue, policiesOf(target.file, made.catalogue)),
      };
      return options.known ? applyKnown(results, options.known).results : results;
    },
  };
}

function describeTarget(
  { file, reach }: Pick<RunningTarget, "file" | "reach">,
  { outcomes, claimed }: Observed,
): Results["target"] {
  const upgraded = outcomes.filter((outcome) => outcome.upgraded && claimed.has(outcome.dialect));
  return {
    name: file.name,
    role: file.role,
    reach,
    observed: {
      capabilities: [...new Set(outcomes.flatMap((outcome) => outcome.facts.capabilities))],
      dialects: upgraded.map((outcome) => outcome.dialect),
    },
  };
}
