/**
 * The built-in reference judged by all cores: each process has a reference, a driver and a judge of its own
 * and takes cases as it gets on. Threads or processes that met at one reference would wake each other for every
 * message, which costs more than the work they share.
 */
import type { Judgement } from "../judge/judge.ts";
import { startTarget } from "../target/start.ts";
import type { RunningTarget, TargetFile } from "../target/types.ts";
import { type Pieces, piecesOf, processesFor, startFellow } from "./fellow.ts";
import { gather, judgeCases, type Observed, type RunOptions, type Schedule, type Sink } from "./judge-target.ts";
import { judgeHere } from "./judging.ts";
import type { Plan } from "./plan.ts";
import { numbered, runLanes, type Source, sourceOf } from "./pool.ts";
import type { CaseResult, Results } from "./results.ts";
import { scaled } from "./scaled.ts";

/** Fewer cases than these are done before another process is ready. */
const casesWorthAProcess = 150;

/** Cases at the same time in one process: enough to fill the pauses that a few cases need. */
const jobsInAProcess = 3;

/** Exclusive cases at the same time, each on a reference of its own, beside the others; some wait for a second. */
const exclusiveJobs = 4;

/** Cases that a process is given together: some 50 ms of work. */
const casesAtOnce = 12;

/** What a fellow process is given. */
export interface ShareWork {
  readonly options: Omit<RunOptions, "signal" | "onEvent" | "known">;
}

/** What it reports: some cases together. */
export type Judged = readonly {
  readonly id: string;
  readonly result: CaseResult;
  readonly outcomes: Judgement["outcomes"] | undefined;
}[];

/** Judges the reference that comes with the suite. */
export async function judgeBuiltIn(made: Plan, options: RunOptions): Promise<Results> {
  const of = processesFor(made.cases.length, casesWorthAProcess, options.jobs);
  const jobs = Math.ceil((options.jobs ?? jobsInAProcess * of) / of);
  const mine: RunOptions = { ...options, jobs, target: scaled(options.target, options.timeScale ?? 1) };
  const gathering = gather(made, options);
  const { pieces, shared, exclusive } = scheduleOf(made, mine.target, gathering);
  // What the others have found is kept when one of them comes to grief.
  const losses = Array.from({ length: of - 1 }, () =>
    startShare(made, mine, pieces, gathering).then(
      () => undefined,
      ({ message }: Error) => message,
    ),
  );
  const schedule: Schedule = async (judgeOne) => {
    if (options.jobs === undefined) {
      await Promise.all([shared(judgeOne, jobs), exclusive(judgeOne, exclusiveJobs)]);
      return;
    }
    await shared(judgeOne, jobs);
    await exclusive(judgeOne, jobs);
  };
  const observed = await judgeShare(made, mine, gathering, schedule);
  const lost = (await Promise.all(losses)).find((message) => message !== undefined);
  return gathering.results({ file: mine.target, reach: "built-in" }, observed, lost);
}

/** The pieces that all processes share, and what this one does of them and of the exclusive ones. */
export function scheduleOf(made: Plan, file: TargetFile, sink: Sink) {
  const numbers = made.cases.flatMap((one, number) => (one.scenario.exclusive ? [] : [number]));
  const pieces = piecesOf(numbers, sink.stopped);
  return { pieces, shared: sharedCases(made, pieces, sink), exclusive: exclusiveCases(made, file, sink) };
}

/** The cases that the source names, which need not be alone. */
export function sharedCases({ cases }: Plan, numbers: Source<number>, { stopped }: Sink): Schedule {
  return (judgeOne, jobs) => runLanes(numbered(cases, numbers), jobs, (one) => judgeOne(one), stopped);
}

/** Those that need to be alone: each has a reference to itself while it runs. */
function exclusiveCases({ cases }: Plan, file: TargetFile, { stopped }: Sink): Schedule {
  const exclusive = cases.filter((one) => one.scenario.exclusive);
  const source = sourceOf(exclusive);
  return async (judgeOne, jobs) => {
    const lane = (target: RunningTarget) => runLanes(source, 1, (one) => judgeOne(one, target), stopped);
    const lanes = Math.min(jobs, exclusive.length);
    await Promise.all(Array.from({ length: lanes }, () => withReference(file, lane)));
  };
}

/** Judges the cases of the schedule against a reference of its own. */
export async function judgeShare(made: Plan, options: RunOptions, sink: Sink, schedule: Schedule): Promise<Observed> {
  const judging = judgeHere(made.catalogue);
  return withReference(options.target, (target) => judgeCases(target, made, options, judging, sink, schedule));
}

async function withReference<T>(file: TargetFile, use: (target: RunningTarget) => Promise<T>): Promise<T> {
  const target = await startTarget(file);
  try {
    return await use(target);
  } finally {
    await target.stop();
  }
}

function startShare(made: Plan, options: RunOptions, pieces: Pieces, sink: Sink): Promise<void> {
  const { signal, onEvent, known, ...plain } = options;
  const byId = new Map(made.cases.map((one) => [one.id, one]));
  const take = (judged: Judged) => {
    for (const { id, result, outcomes } of judged) {
      const one = byId.get(id);
      if (one) sink.add(one, result, outcomes);
    }
  };
  const work: ShareWork = { options: plain };
  const supply = { pieces, atOnce: casesAtOnce };
  return startFellow(new URL("./share-process.js", import.meta.url), work, supply, take, signal);
}
